"""News agencies: how texts call them, their codes, and the houses that only sell pictures."""

from __future__ import annotations

# The agency's usual name, and a pattern for all names that credits have for it; each opens with a plain letter.
AGENCIES: dict[str, str] = {
    "AFP": r"AFP|Agence[ -]France[ -]Presse|法新社|АФП|أ ?ف ?ب|ا ?ف ?ب|فرانس برس",
    "AP": r"AP|The Associated Press|Associated Press|ASSOCIATED PRESS|美联社|АП",
    "Reuters": r"Thomson Reuters(?: Foundation)?|Reuters|REUTERS|路透社?|Рейтер|РЕЙТЕР|ロイター|رويترز",
    "PA Media": r"PA Media|PA News Agency|Press Association|PA",
    "dpa": r"dpa(?:-AFX|-infocom)?|DPA|Deutschen? Presse-?Agentur",
    "EFE": r"EFE|Agencia EFE",
    "ANSA": r"ANSA",
    "CNA": r"中央社",
    "CNS": r"中新社|中国新闻社",
    "Xinhua": r"Xinhua|XINHUA|新华社|新華社",
    "Kyodo": r"Kyodo(?: News)?|共同(?:通信社?)?",
    "Jiji": r"Jiji(?: Press)?|時事(?:通信社?)?",
    "TASS": r"ITAR-TASS|TAR-TASS|TASS|ТАСС",
    "Interfax": r"Interfax|INTERFAX(?:\.RU)?|Интерфакс|ИНТЕРФАКС",
    "RIA Novosti": r"RIA Novosti|РИА Новости",
    "Ukrinform": r"Ukrinform|Укринформ|Укрінформ",
    "PAP": r"PAP",
    "CTK": r"ČTK|CTK",
    "APA": r"APA",
    "SDA": r"Keystone-SDA|SDA|sda",
    "ANP": r"ANP",
    "Belga": r"Belga|BELGA",
    "TT": r"TT",
    "NTB": r"NTB",
    "Ritzau": r"Ritzau|RITZAU",
    "STT": r"STT(?:-Lehtikuva)?",
    "Lusa": r"Agência Lusa|Lusa|LUSA",
    "Anadolu": r"Anadolu(?: Agency| Ajansı)?|AA",
    "Yonhap": r"Yonhap|YONHAP|연합뉴스",
    "PTI": r"PTI|Press Trust of India",
    "ANI": r"ANI",
    "IANS": r"IANS",
    "Bernama": r"Bernama|BERNAMA",
    "Antara": r"Antara|ANTARA",
    "AAP": r"AAP|Australian Associated Press",
    "CP": r"The Canadian Press|Canadian Press",
    "Bloomberg": r"Bloomberg(?: News)?",
    "UPI": r"UPI|United Press International",
    "ANA-MPA": r"ANA-MPA|ΑΠΕ-ΜΠΕ",
    "Europa Press": r"Europa Press|EUROPA PRESS",
    "Télam": r"T[ée]lam|TÉLAM",
    "Agência Brasil": r"Agência Brasil",
    "Tanjug": r"Tanjug|TANJUG",
    "HINA": r"HINA|Hina",
    "BTA": r"BTA|БТА",
    "MTI": r"MTI",
}

# The codes with which desks sign: "dpa/lsw".
BY_CODE = {
    "dpa": "dpa", "afp": "AFP", "ap": "AP", "rtr": "Reuters", "reuters": "Reuters", "sda": "SDA", "apa": "APA",
    "ansa": "ANSA", "ritzau": "Ritzau", "ntb": "NTB", "tt": "TT", "efe": "EFE", "anp": "ANP", "belga": "Belga",
    "stt": "STT", "pap": "PAP", "ctk": "CTK", "lusa": "Lusa",
}  # fmt: skip

# "picture-alliance/dpa" says who took the picture, not who wrote the text.
PICTURE_HOUSES = frozenset(
    {
        "getty",
        "gettyimages",
        "picture-alliance",
        "imago",
        "epa",
        "shutterstock",
        "istock",
        "alamy",
        "zuma",
        "keystone",
        "scanpix",
    }
)
