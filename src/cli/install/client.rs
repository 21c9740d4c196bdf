//! The clients: which file each keeps its servers in, and what its user does next.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::config::ApplicationFolders;

/// A client that starts servers by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Client {
    /// Claude Code.
    ClaudeCode,
    /// Claude Desktop.
    ClaudeDesktop,
    /// Cursor.
    Cursor,
    /// Visual Studio Code with GitHub Copilot.
    #[value(name = "vscode")]
    VsCode,
    /// Codex.
    Codex,
}

/// Who gets the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Scope {
    /// This user, everywhere.
    User,
    /// Whoever works in the current folder.
    Project,
}

/// The notation of a client's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notation {
    /// JSON, with comments and trailing commas where the client allows them.
    Json,
    /// TOML.
    Toml,
}

impl Client {
    /// The name that people know it by.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
            Self::ClaudeDesktop => "Claude Desktop",
            Self::Cursor => "Cursor",
            Self::VsCode => "VS Code",
            Self::Codex => "Codex",
        }
    }

    /// How its file is written.
    pub(super) const fn notation(self) -> Notation {
        match self {
            Self::Codex => Notation::Toml,
            _ => Notation::Json,
        }
    }

    /// The key of its file that holds the servers.
    pub(super) const fn servers_key(self) -> &'static str {
        match self {
            Self::VsCode => "servers",
            Self::Codex => "mcp_servers",
            _ => "mcpServers",
        }
    }

    /// Its file in the folder of a project; `None` when it has none.
    pub(super) fn project_file(self) -> Option<PathBuf> {
        Some(match self {
            Self::ClaudeCode => ".mcp.json".into(),
            Self::ClaudeDesktop => return None,
            Self::Cursor => Path::new(".cursor").join("mcp.json"),
            Self::VsCode => Path::new(".vscode").join("mcp.json"),
            Self::Codex => Path::new(".codex").join("config.toml"),
        })
    }

    /// Its file for everything that the user does.
    pub(super) fn user_file(self, folders: &ApplicationFolders) -> PathBuf {
        match self {
            Self::ClaudeCode => folders
                .claude_code
                .as_ref()
                .unwrap_or(&folders.home)
                .join(".claude.json"),
            Self::ClaudeDesktop => {
                let packaged = folders.local.as_deref().and_then(packaged_claude);
                packaged
                    .unwrap_or_else(|| folders.settings.join("Claude"))
                    .join("claude_desktop_config.json")
            }
            Self::Cursor => folders.home.join(".cursor").join("mcp.json"),
            Self::VsCode => folders.settings.join("Code").join("User").join("mcp.json"),
            Self::Codex => folders
                .codex
                .clone()
                .unwrap_or_else(|| folders.home.join(".codex"))
                .join("config.toml"),
        }
    }

    /// What the user does so that the client notices.
    pub(super) const fn next_step(self, scope: Scope) -> &'static str {
        match (self, scope) {
            (Self::ClaudeCode, Scope::User) => "Start Claude Code again; /mcp shows the server.",
            (Self::ClaudeCode, Scope::Project) => {
                "Start Claude Code again in this folder; it asks once whether to trust the project's servers."
            }
            (Self::ClaudeDesktop, _) => "Quit Claude Desktop completely and start it again.",
            (Self::Cursor, _) => "Start Cursor again; its settings list the server under MCP.",
            (Self::VsCode, _) => "In VS Code, run \"MCP: List Servers\" and start the server.",
            (Self::Codex, Scope::User) => "Start Codex again; /mcp shows the server.",
            (Self::Codex, Scope::Project) => {
                "Start Codex again in this folder; it reads the project's file only when the project is trusted."
            }
        }
    }
}

/// Where Claude Desktop finds its settings when Windows runs it as a package: the system then shows it another folder
/// than `%APPDATA%`. Of several packages, the one that has a file already.
fn packaged_claude(local: &Path) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(local.join("Packages"))
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("Claude_"))
        .map(|entry| entry.path().join("LocalCache").join("Roaming").join("Claude"))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.sort_by_key(|folder| !folder.join("claude_desktop_config.json").is_file());
    folders.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(settings: &str, local: Option<&Path>) -> ApplicationFolders {
        ApplicationFolders {
            home: "/home/u".into(),
            settings: settings.into(),
            local: local.map(Path::to_owned),
            claude_code: None,
            codex: None,
        }
    }

    #[test]
    fn every_client_has_its_file_on_every_system() {
        let linux = folders("/home/u/.config", None);
        let mac = folders("/home/u/Library/Application Support", None);
        let nowhere = Path::new("/home/u/AppData/Local");
        let windows = folders("/home/u/AppData/Roaming", Some(nowhere));
        for (client, expected) in [
            (Client::ClaudeCode, ["/home/u/.claude.json"; 3]),
            (
                Client::ClaudeDesktop,
                [
                    "/home/u/.config/Claude/claude_desktop_config.json",
                    "/home/u/Library/Application Support/Claude/claude_desktop_config.json",
                    "/home/u/AppData/Roaming/Claude/claude_desktop_config.json",
                ],
            ),
            (Client::Cursor, ["/home/u/.cursor/mcp.json"; 3]),
            (
                Client::VsCode,
                [
                    "/home/u/.config/Code/User/mcp.json",
                    "/home/u/Library/Application Support/Code/User/mcp.json",
                    "/home/u/AppData/Roaming/Code/User/mcp.json",
                ],
            ),
            (Client::Codex, ["/home/u/.codex/config.toml"; 3]),
        ] {
            let found = [
                client.user_file(&linux),
                client.user_file(&mac),
                client.user_file(&windows),
            ];
            assert_eq!(found, expected.map(PathBuf::from), "{client:?}");
        }
    }

    #[test]
    fn folders_that_the_user_chose_win() {
        let chosen = ApplicationFolders {
            claude_code: Some("/claude".into()),
            codex: Some("/codex".into()),
            ..folders("/home/u/.config", None)
        };
        let file = |client: Client| client.user_file(&chosen);
        assert_eq!(file(Client::ClaudeCode), Path::new("/claude/.claude.json"));
        assert_eq!(file(Client::Codex), Path::new("/codex/config.toml"));
    }

    #[test]
    fn a_packaged_claude_desktop_is_found() {
        let local = tempfile::tempdir().unwrap();
        let package = |name: &str| {
            let folder = local
                .path()
                .join("Packages")
                .join(name)
                .join("LocalCache/Roaming/Claude");
            std::fs::create_dir_all(&folder).unwrap();
            folder
        };
        let file = || Client::ClaudeDesktop.user_file(&folders("/home/u/AppData/Roaming", Some(local.path())));
        let classic = Path::new("/home/u/AppData/Roaming/Claude/claude_desktop_config.json");
        package("Other_1");
        assert_eq!(file(), classic);
        let first = package("Claude_1");
        assert_eq!(file(), first.join("claude_desktop_config.json"));
        let second = package("Claude_2").join("claude_desktop_config.json");
        std::fs::write(&second, "{}").unwrap();
        assert_eq!(file(), second);
    }

    #[test]
    fn a_project_has_a_file_of_its_own() {
        let files = Client::value_variants().iter().map(|client| client.project_file());
        let shown = files.map(|file| file.map(|file| file.display().to_string()).unwrap_or_default());
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                ".mcp.json",
                "",
                ".cursor/mcp.json",
                ".vscode/mcp.json",
                ".codex/config.toml"
            ]
            .map(String::from)
        );
    }
}
