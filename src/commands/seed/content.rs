//! The words of the demonstration: Lumi Outdoor, a shop for hiking equipment in Tirana that does not exist.

pub(super) const ORGANIZATION: &str = "Lumi Outdoor";
pub(super) const OWNER: &str = "Arta Lumi";

/// Help texts: name and Markdown.
pub(super) const SOURCES: [(&str, &str); 5] = [
    ("Delivery", include_str!("help/delivery.md")),
    ("Returns and exchanges", include_str!("help/returns.md")),
    ("Payment and invoices", include_str!("help/payment.md")),
    ("Boots", include_str!("help/boots.md")),
    ("Rental", include_str!("help/rental.md")),
];

pub(super) const AGENT: &str = "Lumi";
pub(super) const INSTRUCTIONS: &str = "You answer customers of Lumi Outdoor, a shop for hiking equipment in Tirana. \
    Be friendly and short. Give prices with their currency. Never promise a delivery date for a particular order: \
    offer a colleague for that.";
pub(super) const GREETING: &str =
    "Hello! I am Lumi. I know about delivery, returns, boots and our rental. What can I do for you?";
pub(super) const QUICK_REPLIES: [&str; 3] =
    ["How much does delivery cost?", "How do I send something back?", "Which tents can I rent?"];

/// Curated answers: category, question, answer.
pub(super) const ANSWERS: [(&str, &str, &str); 2] = [
    (
        "Shop",
        "Where is your shop and when is it open?",
        "You find us in Tirana, Rruga e Kavajës 112. We are open from Monday to Friday from 9:00 to 19:00 and on \
         Saturday from 9:00 to 17:00.",
    ),
    (
        "Jobs",
        "Do you have open positions? I would like to work for you.",
        "We look for people who love mountains all year round. Send your CV to jobs@lumi-outdoor.example.",
    ),
];

pub(super) const CANNED: [(&str, &str); 3] = [
    ("hello", "Hello! My name is Arta, I have taken over from here. Let me have a look."),
    (
        "order-number",
        "Could you please tell me your order number? It begins with LO and is in the confirmation e-mail.",
    ),
    ("bye", "I am glad that I could help. Have a good time outside!"),
];

/// How a conversation of the demonstration goes.
pub(super) struct Story {
    pub name: &'static str,
    pub email: &'static str,
    pub questions: &'static [&'static str],
    pub ending: Ending,
}

/// What a member does after the agent's answers.
pub(super) enum Ending {
    /// Nothing: the agent goes on.
    Agent,
    /// Nothing yet: the visitor asked for a person and waits.
    Waits,
    /// Answers, and leaves a note for colleagues.
    Replies { note: &'static str, reply: &'static str },
    /// Answers and closes.
    Closes { reply: &'static str },
}

pub(super) const STORIES: [Story; 5] = [
    Story {
        name: "Besnik Hoxha",
        email: "besnik.hoxha@example.com",
        questions: &["How much does delivery to Shkodër cost?", "And how long does it take?"],
        ending: Ending::Agent,
    },
    Story {
        name: "Marie Laurent",
        email: "marie.laurent@example.com",
        questions: &["How do I care for leather boots?"],
        ending: Ending::Agent,
    },
    Story {
        name: "Dritan Kola",
        email: "dritan.kola@example.com",
        questions: &["What is the deposit for a tent?", "I would like to talk to a person, please."],
        ending: Ending::Waits,
    },
    Story {
        name: "Elira Gashi",
        email: "elira.gashi@example.com",
        questions: &["Can I exchange boots for another size?", "I want to speak to a human about my order LO-20417."],
        ending: Ending::Replies {
            note: "LO-20417 left the warehouse this morning. The exchange is booked for Thursday.",
            reply: "Hello Elira, I have booked the exchange: the courier brings size 41 on Thursday and takes the \
                    other pair with him.",
        },
    },
    Story {
        name: "Goran Petrov",
        email: "goran.petrov@example.com",
        questions: &["Which boots have three years of guarantee?"],
        ending: Ending::Closes {
            reply: "One more thing from me: your Valbona boots are registered, so the guarantee runs until spring \
                    after next. Have a good time outside!",
        },
    },
];
