//! What is to hold under faults, and what was found about it.

use std::collections::BTreeMap;

/// The rules by name, in the words that a broken one is told with.
macro_rules! rules {
    ($($name:ident = $words:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($name,)*
        }

        impl Rule {
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

rules! {
    EverythingAnswered = "everything is answered in the end",
    RightNotRefused = "what is right is not refused",
    RepeatedAnswer = "a repeated request has the first answer",
    DoneOnce = "a request with a key is done once",
    NoWriteLost = "no acknowledged write is lost",
    NoMessageLost = "no acknowledged message is lost",
    NoMessageDoubled = "no message is doubled",
    NoGaps = "numbers of messages have no gaps",
    OrderKept = "order is kept in a conversation",
    NoTurnLost = "no acknowledged takeover or hand-back is lost",
    TakeoverRespected = "no agent answers after a takeover",
    AnsweredOnce = "no question is answered twice",
    QuestionsAnswered = "every question has an answer",
    WidgetComplete = "a widget shows everything",
    InboxComplete = "an inbox shows everything",
    ResumedByCursor = "a socket that comes back in time goes on from its cursor",
    TimesRise = "times of messages follow their order, whatever a node's clock says",
    NoHalfUpload = "no upload is half there",
    LeftoversGo = "files that nobody knows are removed after a day, and not before",
    NoUploadLost = "no acknowledged upload is lost",
    NoWebhookMissing = "no webhook is missing",
    OneWebhookId = "one event has one webhook id",
    WebhooksTrue = "a webhook tells of something that happened",
    TakenOver = "a job of a worker that stands still goes on elsewhere",
    NoJobLost = "no job is lost",
    SourcesRead = "every source is read once",
    EventsPublished = "every event is published",
    MailsSent = "every mail is sent",
    MailsArrive = "every mail arrives",
    OneMailId = "one mail has one Message-ID, however often it comes",
    NoSelfEnd = "no process ends by itself",
    SoonReady = "ready within 3 s of the database's return",
    NoRequestFails = "no request fails in a rolling restart",
    SocketsBack = "sockets are back within a second",
    EnoughTried = "enough was tried",
}

impl Rule {
    /// Those that a run tries. Two are about rolling restarts alone, and three about what is only done without.
    pub fn tried(is_rolling: bool) -> impl Iterator<Item = Self> {
        let of_restarts = [Self::NoRequestFails, Self::SocketsBack];
        let of_faults = [Self::SoonReady, Self::TakenOver, Self::LeftoversGo];
        Self::ALL.iter().copied().filter(move |rule| match is_rolling {
            true => !of_faults.contains(rule),
            false => !of_restarts.contains(rule),
        })
    }
}

/// What was found about the rules.
#[derive(Default, Clone)]
pub struct Findings {
    broken: Vec<(Rule, String)>,
    looked: BTreeMap<Rule, usize>,
}

impl Findings {
    /// Some more of what a rule is about was there to be looked at: a rule that had nothing to look at says nothing.
    pub fn looked(&mut self, rule: Rule, at: usize) {
        *self.looked.entry(rule).or_default() += at;
    }

    /// Something breaks a rule.
    pub fn broke(&mut self, rule: Rule, what: impl Into<String>) {
        self.broken.push((rule, what.into()));
    }

    /// What others have found too.
    pub fn add(&mut self, others: Self) {
        self.broken.extend(others.broken);
        for (rule, at) in others.looked {
            self.looked(rule, at);
        }
    }

    /// At how much a rule has looked.
    pub fn of(&self, rule: Rule) -> usize {
        self.looked.get(&rule).copied().unwrap_or_default()
    }

    pub fn broken(&self) -> &[(Rule, String)] {
        &self.broken
    }
}
