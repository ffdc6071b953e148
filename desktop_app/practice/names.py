"""The invented people, queues and other names of the practice organisation."""

from __future__ import annotations

from typing import Final, NamedTuple

SUPERVISOR: Final = "Grace Obi"

# A name and a mailbox, which must be ASCII whatever the script of the name.
STAFF: Final = (
    (SUPERVISOR, "grace.obi"),
    ("Ana Ruiz", "ana.ruiz"),
    ("Łukasz Żak", "lukasz.zak"),
    ("佐藤 花子", "hanako.sato"),
    ("Noor Haddad", "noor.haddad"),
    ("Jörg Müller", "joerg.mueller"),
    ("سارة المنصور", "sara.almansour"),
    ("Ελένη Παππά", "eleni.pappa"),
    ("आरती वर्मा", "aarti.varma"),
    ("נועה בר־לב", "noa.barlev"),
    ("Siobhán Ní Bhriain", "siobhan.nibhriain"),
    ("Tom Ashdown", "tom.ashdown"),
    ("Zoë van der Linde", "zoe.vanderlinde"),
    ("王 小明", "xiaoming.wang"),
    ("김 민서", "minseo.kim"),
    ("Дарья Лунёва", "darya.luneva"),
    ("Mehmet Çelikel", "mehmet.celikel"),
    ("Nguyễn Thị Hạnh", "hanh.nguyen"),
    ("ณัฐชา สุขใจ", "natcha.sukjai"),
    ("Óscar Íñiguez", "oscar.iniguez"),
    ("Chloé Lefèbvre", "chloe.lefebvre"),
    ("Rhys ap Gwilym", "rhys.apgwilym"),
    ("Priya Velacherry", "priya.velacherry"),
    ("Håkon Bjørge", "hakon.bjorge"),
    ("Aoife O'Dwyer", "aoife.odwyer"),
    ("Дмитро Хмара", "dmytro.khmara"),
    ("Ifeoma Eze", "ifeoma.eze"),
    ("鈴木 一郎太", "ichirota.suzuki"),
    ("Isla Fairweather", "isla.fairweather"),
    ("Callum Dunbar-Reed", "callum.dunbarreed"),
    ("ليلى حداد", "layla.haddad"),
    ("João Serranheira", "joao.serranheira"),
    ("Marta Kowalczuk", "marta.kowalczuk"),
    ("Bence Szőke", "bence.szoke"),
    ("Ștefania Țurcanu", "stefania.turcanu"),
    ("Petr Říha", "petr.riha"),
    ("Thandiwe Mokoena-Dube", "thandiwe.mokoenadube"),
    ("Wei Ling Teo", "weiling.teo"),
    ("Hamish Strachan", "hamish.strachan"),
    ("Georgia Pell", "georgia.pell"),
    ("Amira Ben Youssef", "amira.benyoussef"),
    ("Kwame Asante-Boadu", "kwame.asanteboadu"),
    ("Νίκος Δελής", "nikos.delis"),
    ("रोहन नायर", "rohan.nair"),
    ("Ingrid Østby", "ingrid.ostby"),
    ("Máté Vörös", "mate.voros"),
    ("Bethan Pryce", "bethan.pryce"),
    ("李 美玲", "meiling.li"),
    ("Faisal Qureshi-Lodhi", "faisal.qureshilodhi"),
    ("Tuuli Määttä", "tuuli.maatta"),
    ("Jakub Wiśnia", "jakub.wisnia"),
    ("Oluwaseun Bamgbose-Cole", "oluwaseun.bamgbosecole"),
    ("Élodie Garçonnet", "elodie.garconnet"),
    ("Finn Harrowgate", "finn.harrowgate"),
    ("Saoirse Quill", "saoirse.quill"),
    ("Mei Takeda", "mei.takeda"),
    ("Ruben Castellví", "ruben.castellvi"),
    ("Nadia Petrossian", "nadia.petrossian"),
    ("Eoin Mac Lochlainn", "eoin.maclochlainn"),
    ("Yusuf Adeyinka", "yusuf.adeyinka"),
    ("Lotte Dijkgraaf", "lotte.dijkgraaf"),
    ("山本 さくら", "sakura.yamamoto"),
)

DIVISIONS: Final = ("Home", "Claims & Care", "España", "日本", "Back office")


class QueueFacts(NamedTuple):
    """``media`` are the kinds of contact that the queue takes; ``weight`` is its share of them."""

    name: str
    division: str
    media: frozenset[str]
    weight: int


_ALL: Final = frozenset({"voice", "callback", "email", "chat", "message"})
_VOICE: Final = frozenset({"voice", "callback"})
_TEXT: Final = frozenset({"chat", "message"})

QUEUES: Final = (
    QueueFacts("Billing", "Home", _ALL, 22),
    QueueFacts("Claims", "Claims & Care", _ALL, 14),
    QueueFacts("Retention", "Home", _VOICE | {"email"}, 8),
    QueueFacts("Support L1", "Home", _ALL, 18),
    QueueFacts("Support L2", "Home", _ALL, 9),
    QueueFacts("Ventas", "España", _ALL, 7),
    QueueFacts("請求", "日本", _ALL, 5),
    QueueFacts("Billing | Premium", "Home", _VOICE | {"email"}, 5),
    QueueFacts("Complaints", "Claims & Care", _VOICE | {"email"}, 4),
    QueueFacts("New customers", "Home", _ALL, 6),
    QueueFacts("Web chat", "Home", _TEXT, 6),
    QueueFacts("Social & messaging", "Home", _TEXT, 8),
    QueueFacts("E-mail back office", "Back office", frozenset({"email"}), 6),
    QueueFacts("Renewals outbound", "Claims & Care", _VOICE, 3),
)

WRAPUP_CODES: Final = (
    "Resolved", "Refund", "Call back later", "Payment taken", "Order status", "Address changed",
    "Technical fault", "Password reset", "New order", "Cancelled", "Complaint", "Escalated",
    "Wrong department", "No further action", "Reembolso parcial", "対応完了",
    "Answered by e-mail", "Sale | Cross-sell",
)  # fmt: skip

SKILLS: Final = (
    "Billing", "Claims", "Hardware", "Networking", "Payments", "Premium", "Retention", "Español",
)  # fmt: skip

LANGUAGES: Final = (
    "English - Written", "English - Spoken", "Español", "日本語", "Français", "Deutsch",
)  # fmt: skip

# Name and type, as the enum of FlowDivisionView.type has it.
FLOWS: Final = (
    ("Main IVR", "INBOUNDCALL"),
    ("Claims IVR", "INBOUNDCALL"),
    ("Ventas | IVR", "INBOUNDCALL"),
    ("Motor claims menu", "INBOUNDCALL"),
    ("Balance by phone", "INBOUNDCALL"),
    ("Default in-queue music", "INQUEUECALL"),
    ("Premium in-queue", "INQUEUECALL"),
    ("E-mail triage", "INBOUNDEMAIL"),
    ("Chat welcome", "INBOUNDCHAT"),
    ("Message welcome", "INBOUNDSHORTMESSAGE"),
    ("Order bot", "DIGITALBOT"),
    ("Voicemail to queue", "VOICEMAIL"),
    ("Renewals campaign", "OUTBOUNDCALL"),
)

FLOW_OUTCOMES: Final = ("Caller identified", "Balance read out", "Payment offered", "Order found")

SUBJECTS: Final = (
    "Question about my invoice", "Re: Your claim A-204418", "RE: [Acme] Ticket 5521",
    "Cancelación del contrato", "Address change", "請求書について", "Fwd: missing delivery",
    "Urgent!! no answer since Monday", "Réclamation n° 3312", "=Balance & refund", "",
)  # fmt: skip

NOTES: Final = (
    "card expired, sent new link", "will call back Thursday", "cliente pide reembolso, 20 €",
    "Kunde möchte Rückruf ☎", "顧客に折り返し電話する", "identity confirmed; address updated",
    "+ goodwill £10", "passed to L2\nsee ticket 8812",
)  # fmt: skip

GIVEN_NAMES: Final = (
    "Amelia", "Oscar", "Freya", "Idris", "Nora", "Felix", "Imogen", "Rafael", "Zara", "Piotr",
    "Leila", "Duncan", "Maeve", "Tariq", "Elin", "Gareth", "Inès", "Marek", "Ruth", "Kofi",
    "Søren", "Beatriz", "Owen", "Anneke", "Hugh", "Yara", "Callan", "Dilys", "Emre", "Thea",
)  # fmt: skip

FAMILY_NAMES: Final = (
    "Winterbourne", "Ashgrove", "Pennyfeather", "Okonjo", "Lindqvist-Hale", "Marchetti",
    "Delacroix", "Brackenridge", "Thistlewood", "Vanterpool", "Kettleburn", "Szymborek",
    "Hollowell", "Quintrell", "Abernathy", "Fairclough", "Ombretti", "Tregenza", "Wolstenholm",
    "Castellane", "Müllner", "Peñalver", "O'Shaughran", "Nakagawa-Bell", "Ravenscar",
)  # fmt: skip

OTHER_NAMES: Final = (
    "田中 葵", "محمد الزين", "Анна Ветрова", "Κατερίνα Μελά", "मीरा जोशी", "רון אלמוג",
    "이 서연", "陈 家豪", "Đặng Quỳnh Anh", "ปรียา วงศ์ทอง",
)  # fmt: skip
