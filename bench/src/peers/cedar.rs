//! cedar-policy, with requests, entities and policies prepared: only the decision is timed.

use anyhow::{Context as _, Result};
use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, PolicySet, Request};
use std::str::FromStr;
use workload::{Case, Places, Workload, cedar};

/// A loaded policy set.
pub struct Cedar {
    policies: PolicySet,
    authorizer: Authorizer,
}

/// A prepared question.
pub struct Prepared {
    request: Request,
    entities: Entities,
}

impl Cedar {
    /// Parses the policies of the first `rules` rules.
    pub fn load(load: &Workload, rules: usize, places: &Places) -> Result<Cedar> {
        let mut text = String::from(cedar::DEFAULT);
        for rule in load.rules().take(rules) {
            text.push_str(&cedar::policy(rule, places));
        }
        let policies = PolicySet::from_str(&text).context("Cedar does not read the policies")?;
        Ok(Cedar {
            policies,
            authorizer: Authorizer::new(),
        })
    }

    /// Prepares a case.
    pub fn prepare(case: &Case, places: &Places) -> Result<Prepared> {
        let uid = |kind: &str, id: &str| {
            EntityUid::from_str(&format!("{kind}::\"{id}\"")).context("Cedar does not read a name")
        };
        let request = Request::new(
            uid(case.kind.name(), "s")?,
            uid("Action", case.kind.action().1)?,
            uid("Place", &places.all()[case.place].code)?,
            Context::from_json_str(&cedar::context(case), None)?,
            None,
        )?;
        let entities = Entities::from_json_str(&cedar::entities(case, places), None)?;
        Ok(Prepared { request, entities })
    }

    /// Decides: is it allowed?
    pub fn decide(&self, prepared: &Prepared) -> bool {
        let response =
            self.authorizer
                .is_authorized(&prepared.request, &self.policies, &prepared.entities);
        response.decision() == Decision::Allow
    }

    /// Decides and names the rules that forbid, sorted.
    pub fn forbidding(&self, prepared: &Prepared) -> Result<Vec<String>> {
        let response =
            self.authorizer
                .is_authorized(&prepared.request, &self.policies, &prepared.entities);
        if let Some(error) = response.diagnostics().errors().next() {
            anyhow::bail!("Cedar could not evaluate a policy: {error}");
        }
        let mut ids: Vec<String> = response
            .diagnostics()
            .reason()
            .filter_map(|id| self.policies.annotation(id, "id"))
            .filter(|id| *id != "default")
            .map(str::to_owned)
            .collect();
        ids.sort_unstable();
        Ok(ids)
    }
}
