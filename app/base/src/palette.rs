//! What the command palette offers: areas register their actions while they are on the screen.

use leptos::prelude::*;
use ui::Glyph;

/// What choosing an entry does.
#[derive(Clone)]
pub enum Act {
    /// Goes to an address.
    Go(String),
    /// Does something.
    Run(Callback<()>),
}

/// An entry of the palette.
#[derive(Clone)]
pub struct Command {
    pub title: String,
    pub group: String,
    pub icon: Glyph,
    pub act: Act,
}

/// The registered entries, and whether the palette is open.
#[derive(Clone, Copy)]
pub struct Palette {
    commands: RwSignal<Vec<(u32, Command)>>,
    pub open: RwSignal<bool>,
}

impl Palette {
    /// What is registered, in order of registration.
    pub fn commands(&self) -> Vec<Command> {
        self.commands.with(|commands| commands.iter().map(|(_, command)| command.clone()).collect())
    }
}

/// Makes the palette available below. Once, in the application.
pub fn provide_palette() -> Palette {
    let palette = Palette { commands: RwSignal::new(Vec::new()), open: RwSignal::new(false) };
    provide_context(palette);
    palette
}

/// The palette of the application.
///
/// # Panics
/// Outside of the dashboard.
#[track_caller]
pub fn use_palette() -> Palette {
    expect_context::<Palette>()
}

/// Registers an entry for as long as the calling component lives.
pub fn command(command: Command) {
    let Some(palette) = use_context::<Palette>() else { return };
    Effect::new(move || {
        let command = command.clone();
        let id = palette.commands.try_update(|commands| {
            let id = commands.last().map_or(1, |(id, _)| id + 1);
            commands.push((id, command));
            id
        });
        on_cleanup(move || {
            palette.commands.try_update(|commands| commands.retain(|(other, _)| Some(*other) != id));
        });
    });
}
