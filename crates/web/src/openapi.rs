//! The description of the API, OpenAPI 3.1.

use serde_json::{Value, json};

/// The whole document.
pub fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tongxin 同心",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "What a city's notices in force allow, by which clause and until when.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": {
            "/api/ask": { "post": {
                "operationId": "ask",
                "summary": "Answer a question from the notices in force",
                "x-summary-zh": "按现行公告回答一个问题",
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Question" },
                    "example": { "do": "驶入", "who": "货车, 车型 = 重型, 燃料 = 柴油", "where": "中环以内", "at": "2022-01-06T10:00" },
                } } },
                "responses": {
                    "200": json_response("The answer", "Answer"),
                    "400": problem("Something was not understood"),
                    "413": problem("More than 64 KB were sent"),
                    "415": problem("The body is not application/json"),
                },
            } },
            "/api/notices": { "get": {
                "operationId": "notices",
                "summary": "All notices, the latest first",
                "x-summary-zh": "全部公告，最近发布的在前",
                "responses": { "200": json_response("The notices", "Notices") },
            } },
            "/api/notices/{slug}": { "get": {
                "operationId": "notice",
                "summary": "One notice: its text, and its rules said as sentences",
                "x-summary-zh": "一份公告：原文，以及用句子说出的各条规定",
                "parameters": [parameter("slug", "Short name of the notice (`air-order`)")],
                "responses": { "200": json_response("The notice", "Notice"), "404": problem("There is no such notice") },
            } },
            "/api/places/{code}": { "get": {
                "operationId": "place",
                "summary": "A place and the rules that reach it",
                "x-summary-zh": "一个地点，以及在那里适用的规定",
                "parameters": [parameter("code", "Division code (`140105`) or an area's code (`area-middle-ring`)")],
                "responses": { "200": json_response("The place", "Place"), "404": problem("There is no such place") },
            } },
            "/api/openapi.json": { "get": {
                "operationId": "description",
                "summary": "This description",
                "x-summary-zh": "本说明（OpenAPI 3.1）",
                "responses": { "200": { "description": "OpenAPI 3.1", "content": { "application/json": {} } } },
            } },
        },
        "components": { "schemas": {
            "Question": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "do": { "type": ["string", "null"], "description": "What they want to do, a word of the vocabulary. Absent: everything that binds them." },
                    "who": { "type": ["string", "null"], "maxLength": 4096, "description": "Known facts, comma-separated: a kind, `attribute = value`, a boolean, a list." },
                    "where": { "type": ["string", "null"], "description": "A place's name, code or path. Not together with `point`." },
                    "point": { "type": ["array", "null"], "prefixItems": [{ "type": "number" }, { "type": "number" }], "minItems": 2, "maxItems": 2, "description": "Longitude, latitude, WGS-84 degrees." },
                    "at": { "type": ["string", "null"], "description": "RFC 3339, or civil time of the city. Absent: now." },
                    "notice": { "type": ["string", "null"], "description": "Short name of a notice: only its rules are asked." },
                },
            },
            "Answer": {
                "type": "object",
                "required": ["verdict", "because", "limits", "duties", "until", "needs", "at", "text_version"],
                "properties": {
                    "verdict": { "enum": ["allowed", "forbidden", "required", "limited", "depends", "conflict"] },
                    "because": { "type": "array", "items": { "$ref": "#/components/schemas/Because" } },
                    "limits": { "type": "array", "items": { "type": "object", "required": ["measure", "unit"], "properties": {
                        "measure": { "type": "string" }, "at_most": { "type": "number" }, "at_least": { "type": "number" }, "unit": { "type": "string" },
                    } } },
                    "duties": { "type": "array", "items": { "$ref": "#/components/schemas/Because" }, "description": "Without `do`: what surely binds." },
                    "may_bind": { "type": "array", "items": { "$ref": "#/components/schemas/Because" }, "description": "Without `do`, while the verdict is `depends`: what binds or not by what was not said." },
                    "until": { "type": ["string", "null"], "format": "date-time", "description": "The next instant at which the answer changes." },
                    "needs": { "type": ["object", "null"], "required": ["attribute", "values"], "properties": {
                        "attribute": { "type": "string" }, "values": { "type": "array", "items": { "type": "string" } },
                    } },
                    "at": { "type": "string", "format": "date-time" },
                    "text_version": { "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" },
                },
            },
            "Because": {
                "type": "object",
                "required": ["notice", "rule", "exception", "clause", "text", "effect"],
                "properties": {
                    "notice": { "type": "string" }, "rule": { "type": "string" }, "exception": { "type": ["string", "null"] },
                    "clause": { "type": "string" }, "text": { "type": "string" },
                    "effect": { "enum": ["forbids", "frees", "requires", "limits"] },
                },
            },
            "Label": { "type": "object", "required": ["zh", "en"], "properties": { "zh": { "type": "string" }, "en": { "type": "string" } } },
            "Rule": {
                "type": "object",
                "required": ["address", "says", "exceptions", "state", "demo"],
                "properties": {
                    "address": { "type": "string" }, "clause": { "type": ["string", "null"] },
                    "says": { "$ref": "#/components/schemas/Label" },
                    "exceptions": { "type": "array", "items": { "type": "string" } },
                    "state": { "enum": ["coming", "acting", "resting", "over"] },
                    "demo": { "type": "boolean" },
                    "reach": { "enum": ["all", "part"], "description": "Only of a place: in all of it or in a part." },
                },
            },
            "Summary": {
                "type": "object",
                "required": ["slug", "title", "issuer", "issuer_name", "issued", "in_force", "topics", "demo", "text_version"],
                "properties": {
                    "slug": { "type": "string" }, "title": { "type": "string" }, "title_en": { "type": ["string", "null"] }, "issuer": { "type": "string" },
                    "issuer_name": { "$ref": "#/components/schemas/Label" },
                    "issued": { "type": "string", "format": "date-time" },
                    "in_force": { "type": "object", "required": ["from", "until"], "properties": {
                        "from": { "type": "string", "format": "date-time" }, "until": { "type": ["string", "null"], "format": "date-time" },
                    } },
                    "topics": { "type": "array", "items": { "type": "string" } },
                    "demo": { "type": "boolean" },
                    "text_version": { "type": "string" },
                },
            },
            "Notices": { "type": "object", "required": ["notices"], "properties": {
                "notices": { "type": "array", "items": { "allOf": [
                    { "$ref": "#/components/schemas/Summary" },
                    { "type": "object", "required": ["rules"], "properties": { "rules": { "type": "integer", "description": "How many rules it has." } } },
                ] } },
            } },
            "Notice": { "allOf": [
                { "$ref": "#/components/schemas/Summary" },
                { "type": "object", "required": ["rules", "text"], "properties": {
                    "rules": { "type": "array", "items": { "$ref": "#/components/schemas/Rule" } },
                    "text": { "type": "string", "description": "The notice as written." },
                } },
            ] },
            "Place": { "type": "object", "required": ["code", "name", "parent", "demo", "rules"], "properties": {
                "code": { "type": "string" }, "name": { "$ref": "#/components/schemas/Label" }, "parent": { "type": ["string", "null"] },
                "demo": { "type": "boolean" },
                "rules": { "type": "array", "items": { "$ref": "#/components/schemas/Rule" } },
            } },
            "Problem": { "type": "object", "required": ["type", "status", "title", "detail"], "properties": {
                "type": { "type": "string" }, "status": { "type": "integer" }, "title": { "type": "string" }, "detail": { "type": "string" },
                "title_zh": { "type": "string" }, "detail_zh": { "type": "string" },
            } },
        } },
    })
}

fn json_response(about: &str, schema: &str) -> Value {
    let reference = format!("#/components/schemas/{schema}");
    json!({ "description": about, "content": { "application/json": { "schema": { "$ref": reference } } } })
}

fn problem(about: &str) -> Value {
    json!({ "description": about, "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } })
}

fn parameter(name: &str, about: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } })
}
