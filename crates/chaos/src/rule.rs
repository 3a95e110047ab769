//! What is to hold under faults.

/// The rules by name, in the words that a broken one is told with.
macro_rules! rules {
    ($($name:ident = $words:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($name,)*
        }

        impl Rule {
            const ALL: &[Self] = &[$(Self::$name,)*];

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
    NoHalfUpload = "no upload is half there",
    NoUploadLost = "no acknowledged upload is lost",
    NoWebhookMissing = "no webhook is missing",
    OneWebhookId = "one event has one webhook id",
    WebhooksTrue = "a webhook tells of something that happened",
    NoJobLost = "no job is lost",
    SourcesRead = "every source is read once",
    EventsPublished = "every event is published",
    MailsSent = "every mail is sent",
    MailsArrive = "every mail arrives",
    NoSelfEnd = "no process ends by itself",
    SoonReady = "ready within 3 s of the database's return",
    NoRequestFails = "no request fails in a rolling restart",
    SocketsBack = "sockets are back within a second",
    EnoughTried = "enough was tried",
}

impl Rule {
    /// How many of them a run tries. Two are about rolling restarts alone, and one about the database's return.
    pub fn tried(is_rolling: bool) -> usize {
        let of_restarts = [Self::NoRequestFails, Self::SocketsBack];
        let left_out = |rule: &&Self| match is_rolling {
            true => **rule == Self::SoonReady,
            false => of_restarts.contains(rule),
        };
        Self::ALL.iter().filter(|rule| !left_out(rule)).count()
    }
}
