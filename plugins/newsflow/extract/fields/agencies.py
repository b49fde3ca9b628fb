"""News agencies: their squeezed names, and how they are written."""

AGENCIES = {
    "reuters": "Reuters", "thomsonreuters": "Reuters", "associatedpress": "AP", "theassociatedpress": "AP", "ap": "AP",
    "afp": "AFP", "agencefrancepresse": "AFP", "dpa": "dpa", "deutschepresseagentur": "dpa", "pa": "PA",
    "pressassociation": "PA", "pamedia": "PA", "efe": "EFE", "agenciaefe": "EFE", "europapress": "Europa Press",
    "ansa": "ANSA", "tass": "TASS", "тасс": "ТАСС", "interfax": "Interfax", "интерфакс": "Интерфакс",
    "риановости": "РИА Новости", "riaanovosti": "RIA Novosti", "xinhua": "Xinhua", "新华社": "新华社", "kyodo": "Kyodo",
    "共同通信": "共同通信", "時事通信": "時事通信", "yonhap": "Yonhap", "연합뉴스": "연합뉴스", "pti": "PTI",
    "presstrustofindia": "PTI", "ians": "IANS", "ani": "ANI", "bernama": "Bernama", "antara": "Antara", "lusa": "Lusa",
    "agencialusa": "Lusa", "belga": "Belga", "anp": "ANP", "tt": "TT", "ntb": "NTB", "ritzau": "Ritzau", "stt": "STT",
    "apa": "APA", "keystonesda": "Keystone-SDA", "sda": "Keystone-SDA", "pap": "PAP", "čtk": "ČTK", "ctk": "ČTK",
    "mti": "MTI", "tanjug": "Tanjug", "hina": "Hina", "anadoluajansı": "Anadolu Ajansı", "aa": "Anadolu Ajansı",
    "anadoluagency": "Anadolu Ajansı", "canadianpress": "The Canadian Press", "thecanadianpress": "The Canadian Press",
    "upi": "UPI", "bloomberg": "Bloomberg", "aap": "AAP", "irna": "IRNA", "télam": "Télam", "telam": "Télam",
    "notimex": "Notimex", "estadãoconteúdo": "Estadão Conteúdo", "agênciabrasil": "Agência Brasil",
    "укринформ": "Укринформ", "унн": "УНН", "sid": "SID", "epd": "epd", "kna": "KNA", "atscom": "ATS", "ats": "ATS",
}  # fmt: skip
