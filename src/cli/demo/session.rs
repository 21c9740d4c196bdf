//! The session that the demo shows, step by step.

use std::net::SocketAddr;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use rmcp::model::{CallToolResult, Tool};
use serde_json::{Value, json};

use super::super::{logs, output};
use super::agent::{Agent, Person};
use crate::mcp::Handler;
use crate::store::{AuditFilter, Store};

/// Widest line of the transcript: what a page of documentation shows without scrolling.
const WIDTH: usize = 100;
/// Most lines that a result takes before the rest of it is counted instead.
const MOST_LINES: usize = 4;
/// Longest description in the list of tools, in characters.
const LONGEST_DESCRIPTION: usize = 60;

/// Plays the session and prints it.
pub(super) async fn play(handler: Handler, store: &dyn Store, sample: SocketAddr) -> anyhow::Result<()> {
    let person = Person::present();
    let twice = !person.is_real();
    say(&format!(
        "The sample CRM API runs on http://{sample}. Toolgate holds its key; the agent never sees either."
    ))?;
    let agent = Agent::connect(handler, person).await?;

    title("The agent connects")?;
    for line in agent.instructions().unwrap_or_default().lines() {
        speak("server", line)?;
    }

    title("It lists the tools")?;
    let tools = agent.tools().await?;
    say(&output::table(&tools.iter().map(row).collect::<Vec<_>>()))?;

    title("It searches")?;
    let found = call(
        &agent,
        "demo_crm__search_customers",
        &json!({ "query": "lamp", "limit": 2 }),
    )
    .await?;
    let customer = first_customer(&found).context("the search found nobody")?;

    title("It reads")?;
    call(&agent, "demo_crm__get_customer", &json!({ "customer_id": customer })).await?;

    title("It wants to write, so a person is asked")?;
    let ticket = json!({
        "customer_id": customer,
        "title": "Desk lamp flickers",
        "body": "Since Monday.\nThe switch says \"dim\".",
        "priority": "high"
    });
    call(&agent, "demo_crm__create_ticket", &ticket).await?;
    if twice {
        title("The same again; this time the person approves")?;
        call(&agent, "demo_crm__create_ticket", &ticket).await?;
    }

    title("It makes a mistake, and reads how to fix it")?;
    call(
        &agent,
        "demo_crm__create_ticket",
        &json!({ "customer_id": customer, "priority": "urgent" }),
    )
    .await?;
    call(&agent, "demo_crm__get_customer", &json!({ "customer_id": "c_9999" })).await?;
    agent.leave().await?;

    title("What the audit log kept, newest first")?;
    let rows = store
        .read_audit(&AuditFilter {
            limit: 20,
            ..AuditFilter::default()
        })
        .await?;
    say(&logs::table(&rows, &TimeZone::system()))
}

async fn call(agent: &Agent, tool: &str, arguments: &Value) -> anyhow::Result<CallToolResult> {
    speak("agent", &format!("{tool} {arguments}"))?;
    let result = agent.call(tool, arguments).await?;
    let failed = result.is_error == Some(true);
    for text in result.content.iter().filter_map(|content| content.as_text()) {
        if failed {
            text.text.lines().try_for_each(|line| speak("error", line))?;
        } else {
            speak_shortly("result", &text.text)?;
        }
    }
    Ok(result)
}

fn row(tool: &Tool) -> Vec<String> {
    let reads = tool
        .annotations
        .as_ref()
        .and_then(|annotations| annotations.read_only_hint)
        == Some(true);
    let description = tool.description.as_deref().unwrap_or_default();
    vec![
        format!("  {}", tool.name),
        if reads { "read" } else { "write, asks" }.to_owned(),
        cut(first_sentence(description), LONGEST_DESCRIPTION),
    ]
}

fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    let begins_sentence = |rest: &str| rest.starts_with(|first: char| first.is_uppercase());
    let end = line
        .match_indices(". ")
        .find(|(position, stop)| line.get(position + stop.len()..).is_some_and(begins_sentence));
    end.and_then(|(position, _)| line.get(..position))
        .unwrap_or(line)
        .trim_end_matches('.')
}

/// `text`, cut to `limit` characters with a mark.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit - 1).collect();
    format!("{}…", kept.trim_end())
}

fn first_customer(result: &CallToolResult) -> Option<String> {
    let structured = result.structured_content.as_ref()?;
    let list = structured.as_object()?.values().find_map(Value::as_array)?;
    Some(list.first()?.get("id")?.as_str()?.to_owned())
}

fn title(text: &str) -> anyhow::Result<()> {
    say(&format!("\n## {text}\n"))
}

/// Prints what somebody says, in as many lines as it takes.
pub(super) fn speak(who: &str, text: &str) -> anyhow::Result<()> {
    print(who, &wrapped(text))
}

/// Prints the beginning of what somebody says, and how long the whole is.
fn speak_shortly(who: &str, text: &str) -> anyhow::Result<()> {
    let mut lines = wrapped(text);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push(format!("… ({} characters in all)", text.chars().count()));
    }
    print(who, &lines)
}

fn print(who: &str, lines: &[String]) -> anyhow::Result<()> {
    let mut who = who;
    for line in lines {
        say(format!("  {who:<7} | {line}").trim_end())?;
        who = "";
    }
    Ok(())
}

/// `text` in lines of at most [`WIDTH`] characters, broken after spaces, or after commas when there is JSON in it.
fn wrapped(text: &str) -> Vec<String> {
    let ends_word = if text.contains('{') { ',' } else { ' ' };
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(ends_word) {
        let mut word = word;
        loop {
            let Some(line) = lines.last_mut() else { return lines };
            // A space at the end of a line may stand beyond its width.
            let room = WIDTH.saturating_sub(line.chars().count());
            if word.trim_end().chars().count() <= room {
                line.push_str(word);
                break;
            }
            if line.is_empty() {
                // A word longer than a line is broken anywhere.
                let end = word.char_indices().nth(WIDTH).map_or(word.len(), |(index, _)| index);
                let (head, tail) = word.split_at(end);
                line.push_str(head);
                word = tail;
            }
            lines.push(String::new());
        }
    }
    lines
}

fn say(text: &str) -> anyhow::Result<()> {
    Ok(output::say(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_breaks_after_spaces_and_commas_and_loses_nothing() {
        let word = "w".repeat(30);
        let json = format!("{{\"a\":\"{word}\",\"b\":\"{word}\",\"c\":\"{word}\",\"d\":\"{word}\"}}");
        for text in [
            json,
            format!("{word} {word} {word} {word}"),
            "x".repeat(3 * WIDTH + 1),
            String::new(),
        ] {
            let lines = wrapped(&text);
            assert_eq!(lines.concat(), text);
            for line in &lines {
                assert!(line.trim_end().chars().count() <= WIDTH, "{line}");
            }
        }
        assert_eq!(wrapped(&format!("{{{word},a b,{word},{word},{word}")).len(), 2);
    }

    #[test]
    fn a_description_is_its_first_sentence_and_short() {
        assert_eq!(
            first_sentence("Opens a ticket. A person is asked.\n\nDemo"),
            "Opens a ticket"
        );
        assert_eq!(
            first_sentence("Deletes it, e.g. a mistake. To end it"),
            "Deletes it, e.g. a mistake"
        );
        assert_eq!(cut("four", 4), "four");
        assert_eq!(cut("four more", 6), "four…");
    }
}
