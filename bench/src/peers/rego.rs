//! regorus, compiled for its virtual machine (its fastest way), with data and inputs prepared: only the decision is timed.

use anyhow::Result;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use workload::{Case, Places, Workload, rego};

const ENTRY_POINT: &str = "data.tongxin.deny";

/// A loaded policy with its data.
pub struct Rego {
    machine: RegoVM,
}

impl Rego {
    /// Compiles the policy and loads the first `rules` rules as its data.
    pub fn load(load: &Workload, rules: usize, places: &Places) -> Result<Rego> {
        let mut engine = Engine::new();
        engine.add_policy("tongxin.rego".into(), rego::POLICY.into())?;
        let entry_point: Rc<str> = ENTRY_POINT.into();
        let compiled = engine.compile_with_entrypoint(&entry_point)?;
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY_POINT])?;
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(Value::from_json_str(&rego::data(
            load.rules().take(rules),
            places,
        ))?)?;
        Ok(Rego { machine })
    }

    /// Prepares a case.
    pub fn prepare(case: &Case, places: &Places) -> Result<Value> {
        Value::from_json_str(&rego::input(case, places))
    }

    /// Decides: is it allowed?
    pub fn decide(&mut self, prepared: &Value) -> Result<bool> {
        self.machine.set_input(prepared.clone());
        Ok(self.machine.execute()?.as_set()?.is_empty())
    }

    /// Decides and names the rules that forbid, sorted.
    pub fn forbidding(&mut self, prepared: &Value) -> Result<Vec<String>> {
        self.machine.set_input(prepared.clone());
        let found = self.machine.execute()?;
        found
            .as_set()?
            .iter()
            .map(|id| Ok(id.as_string()?.to_string()))
            .collect()
    }
}
