use domain::knowledge;
use http::request::Parts;
use rmcp::{
    ErrorData,
    handler::server::{tool::Extension, wrapper::Parameters},
    model::CallToolResult,
    schemars::{self, JsonSchema},
    tool, tool_router,
};
use serde::Deserialize;
use serde_json::json;

use super::{Tools, outcome::told};

#[derive(Deserialize, JsonSchema)]
struct Question {
    /// What is to be known, in whole words.
    query: String,
    /// Passages at most.
    #[serde(default = "five")]
    #[schemars(range(min = 1, max = 20))]
    limit: usize,
}

fn five() -> usize {
    5
}

#[tool_router(router = knowledge, vis = "pub(super)")]
impl Tools {
    /// Find the passages of the company's knowledge nearest to a question, best first.
    #[tool(annotations(read_only_hint = true))]
    async fn search_knowledge(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(asked): Parameters<Question>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| {
            let (services, limit) = (&caller.api.services, asked.limit.clamp(1, 20));
            let (organization, actor) = (caller.organization, caller.actor);
            let passages = knowledge::search(services, organization, actor, &asked.query, limit, &[]).await?;
            Ok(json!({"passages": passages}))
        })
        .await
    }
}
