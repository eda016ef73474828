"""A small FAQ of a bicycle shop that does not exist."""

from knowledge.entries import Entry

ENTRIES = (
    Entry(
        "opening-hours",
        "When are you open?",
        "Tuesday to Saturday from **9 to 18**.",
        ("what are your opening hours", "are you open on saturday", "when do you close"),
        ("shop",),
    ),
    Entry(
        "returns",
        "How do I return a bicycle that I bought?",
        "Bring it back within 30 days with the receipt. We check it and refund the price within a week.",
        ("can i send a bike back", "i want my money back", "return policy"),
        ("orders",),
    ),
    Entry(
        "delivery-time",
        "How long does delivery take?",
        "Bicycles leave the workshop after 5 working days; accessories leave the same day.",
        ("when will my order arrive", "shipping time", "how many days until the parcel is here"),
        ("orders",),
    ),
    Entry(
        "test-ride",
        "Can I try a bicycle before I buy it?",
        "Yes. Book a test ride of an hour; bring an identity card.",
        ("is there a test ride", "i would like to try one out"),
        ("shop",),
    ),
    Entry(
        "warranty-frame",
        "What is the warranty on a frame?",
        "Ten years on steel, five on carbon.",
        ("my frame cracked, is that covered",),
        ("service",),
    ),
    Entry("warranty-battery", "What is the warranty on a battery?", "Two years or 500 charges.", (), ("service",)),
    Entry("parking-north", "Is there parking at the Northgate store?", "Yes, free for two hours.", (), ("shop",)),
    Entry("parking-harbour", "Is there parking at the Harbour store?", "No, use the ferry car park.", (), ("shop",)),
    Entry("parking-mill", "Is there parking at the Old Mill store?", "Yes, behind the mill, 2 euros.", (), ("shop",)),
    Entry(
        "care",
        "How do I look after my bicycle?",
        "\n\n".join(
            [
                "Wash it by hand with mild soap and dry it in the shade. Never use a pressure washer on bearings. " * 3,
                "Oil the chain every 200 kilometres and wipe off the rest. A dry chain squeaks and wears out. " * 3,
                "Tubeless tyres want fresh sealant twice a year: 60 millilitres through the valve, then spin. " * 3,
                "In winter, store the battery at room temperature and half charged, away from the frame. " * 3,
            ]
        ),
        (),
        ("service",),
    ),
    Entry(
        "vip-line",
        "What is the number of the priority line?",
        "Call 555-0142.",
        ("priority phone number",),
        ("shop",),
        "vip",
    ),
    Entry(
        "till-code",
        "What is the code of the till?",
        "Ask the shift lead.",
        ("how do i open the cash register",),
        ("shop",),
        "staff",
    ),
    Entry(
        "horario",
        "¿Cuándo están abiertos?",
        "De martes a sábado de 9 a 18.",
        ("horario de apertura",),
        ("shop",),
        "everyone",
        "es",
    ),
    Entry(
        "pay",
        "How can I pay?",
        "Card, cash or in 12 instalments.",
        ("do you take cards", "payment methods"),
        ("orders",),
    ),
    Entry(
        "size", "Which frame size do I need?", "Measure your inside leg and see the chart.", ("sizing help",), ("shop",)
    ),
)
