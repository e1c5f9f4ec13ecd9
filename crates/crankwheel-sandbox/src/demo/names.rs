//! Invented names for the demo data. Some are not ASCII, as some companies' names are not.

/// First words of company names: the word, and its form in a short name.
pub(crate) const FIRST_WORDS: [(&str, &str); 32] = [
    ("Northern", "northern"),
    ("Bright", "bright"),
    ("Silver", "silver"),
    ("Harbour", "harbour"),
    ("Müller", "mueller"),
    ("Þórshöfn", "thorshofn"),
    ("Granite", "granite"),
    ("Evergreen", "evergreen"),
    ("Blue Door", "bluedoor"),
    ("Łódź", "lodz"),
    ("Cedar", "cedar"),
    ("Summit", "summit"),
    ("Åland", "aland"),
    ("Copper", "copper"),
    ("Meadow", "meadow"),
    ("Sakura 桜", "sakura"),
    ("Falcon", "falcon"),
    ("Quiet", "quiet"),
    ("Côte", "cote"),
    ("Lighthouse", "lighthouse"),
    ("Amber", "amber"),
    ("Vík", "vik"),
    ("Orchard", "orchard"),
    ("Redwood", "redwood"),
    ("Tide", "tide"),
    ("Øresund", "oresund"),
    ("Willow", "willow"),
    ("Beacon", "beacon"),
    ("Ålesund", "alesund"),
    ("Juniper", "juniper"),
    ("Marble", "marble"),
    ("Heath", "heath"),
];

/// Second words of company names, in the same two forms.
pub(crate) const SECOND_WORDS: [(&str, &str); 24] = [
    ("Insurance", "insurance"),
    ("Software", "software"),
    ("Energy", "energy"),
    ("Realty", "realty"),
    ("Finance", "finance"),
    ("Telecom", "telecom"),
    ("Travel", "travel"),
    ("Logistics", "logistics"),
    ("Consulting", "consulting"),
    ("Media", "media"),
    ("Health", "health"),
    ("Training", "training"),
    ("Motors", "motors"),
    ("Solar", "solar"),
    ("Security", "security"),
    ("Advisors", "advisors"),
    ("Brokers", "brokers"),
    ("Analytics", "analytics"),
    ("Hosting", "hosting"),
    ("Payroll", "payroll"),
    ("Leasing", "leasing"),
    ("Marketing", "marketing"),
    ("Systems", "systems"),
    ("Partners & Sons", "partners"),
];

/// Locations of companies: cluster, language, and how many hours before 9:00 UTC the working day
/// starts.
pub(crate) const LOCATIONS: [(&str, &str, i64); 10] = [
    ("eu1", "en", 0),
    ("eu1", "is", 0),
    ("eu1", "en", 1),
    ("eu2", "de", 1),
    ("eu2", "fr", 1),
    ("eu2", "pl", 1),
    ("eu2", "fi", 2),
    ("us1", "en", -5),
    ("us1", "en", -5),
    ("ap1", "ja", 8),
];

pub(crate) const FIRST_NAMES: [&str; 24] = [
    "anna", "bjorn", "carla", "david", "elena", "frank", "greta", "hugo", "ines", "jonas", "katrin", "liam",
    "maria", "nils", "olga", "pedro", "rosa", "simon", "tara", "ugo", "vera", "walter", "yuki", "zoe",
];

pub(crate) const LAST_NAMES: [&str; 20] = [
    "adams", "berg", "costa", "dahl", "eriksen", "fischer", "garcia", "hansen", "ito", "jansen", "kowalski",
    "lopez", "moore", "novak", "olsen", "petrov", "rossi", "smith", "tanaka", "weber",
];

/// People of a partner company who have accounts in many companies.
pub(crate) const CONSULTANTS: [&str; 4] = ["kim", "lee", "noa", "sam"];
