# ruff: noqa: E501 -- wide scripts count double
"""What stands around an article on a news page, in the fifteen languages of `texts.py`; written for these tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Furniture:
    """`by` has a place for the author's name; `teasers` are headlines of other articles; `bio` speaks of the author."""

    by: str
    related: str
    newsletter: str
    share: str
    reply: str
    more: str
    bio: str
    teasers: tuple[str, str, str]


FURNITURE: dict[str, Furniture] = {
    "en": Furniture(
        "By {}", "Related articles", "Sign up for our newsletter and never miss a story.", "Share this article",
        "Leave a Reply", "Read more", "{} is a reporter at the Courier, where she covers ports and shipping.",
        ("Storm closes two schools on the coast", "New library opens its doors in June", "Council weighs a tax on second homes"),
    ),
    "de": Furniture(
        "Von {}", "Mehr zum Thema", "Abonnieren Sie unseren Newsletter und verpassen Sie keine Nachricht.", "Artikel teilen",
        "Schreibe einen Kommentar", "Lesen Sie auch", "{} ist Redakteurin beim Courier und schreibt über Häfen und Schifffahrt.",
        ("Sturm schließt zwei Schulen an der Küste", "Neue Bücherei öffnet im Juni", "Rat berät über Zweitwohnungssteuer"),
    ),
    "fr": Furniture(
        "Par {}", "Sur le même sujet", "Inscrivez-vous à notre newsletter pour ne rien manquer.", "Partager cet article",
        "Laisser un commentaire", "Lire aussi", "{} est journaliste au Courier, où elle suit les ports et la marine marchande.",
        ("La tempête ferme deux écoles de la côte", "La nouvelle bibliothèque ouvre en juin", "Une taxe sur les résidences secondaires à l'étude"),
    ),
    "es": Furniture(
        "Por {}", "Noticias relacionadas", "Suscríbete a nuestro boletín y no te pierdas ninguna noticia.", "Compartir",
        "Deja un comentario", "Leer más", "{} es periodista del Courier, donde cubre los puertos y la navegación.",
        ("El temporal cierra dos escuelas en la costa", "La nueva biblioteca abre en junio", "El consejo estudia un impuesto a las segundas viviendas"),
    ),
    "pt": Furniture(
        "Por {}", "Leia também", "Assine nossa newsletter e não perca nenhuma notícia.", "Compartilhar",
        "Deixe um comentário", "Leia mais", "{} é repórter do Courier, onde cobre portos e navegação.",
        ("Temporal fecha duas escolas no litoral", "Nova biblioteca abre em junho", "Conselho avalia imposto sobre casas de veraneio"),
    ),
    "pl": Furniture(
        "Autor: {}", "Zobacz także", "Zapisz się do naszego newslettera, aby nie przegapić żadnej wiadomości.", "Udostępnij",
        "Dodaj komentarz", "Czytaj więcej", "{} jest dziennikarką Couriera, pisze o portach i żegludze.",
        ("Sztorm zamyka dwie szkoły na wybrzeżu", "Nowa biblioteka otwiera się w czerwcu", "Rada rozważa podatek od drugich domów"),
    ),
    "ru": Furniture(
        "Автор: {}", "Читайте также", "Подпишитесь на нашу рассылку, чтобы не пропустить новости.", "Поделиться",
        "Оставить комментарий", "Читать далее", "{} — корреспондент «Курьера», пишет о портах и судоходстве.",
        ("Шторм закрыл две школы на побережье", "Новая библиотека откроется в июне", "Совет обсуждает налог на второе жильё"),
    ),
    "el": Furniture(
        "Της {}", "Διαβάστε επίσης", "Εγγραφείτε στο newsletter μας για να μη χάνετε καμία είδηση.", "Κοινοποίηση",
        "Αφήστε ένα σχόλιο", "Περισσότερα", "Η {} είναι συντάκτρια του Courier και γράφει για λιμάνια και ναυτιλία.",
        ("Η καταιγίδα κλείνει δύο σχολεία στην ακτή", "Η νέα βιβλιοθήκη ανοίγει τον Ιούνιο", "Το συμβούλιο εξετάζει φόρο στις εξοχικές κατοικίες"),
    ),
    "tr": Furniture(
        "Yazan: {}", "İlgili haberler", "Bültenimize abone olun, hiçbir haberi kaçırmayın.", "Paylaş",
        "Yorum yapın", "Devamını oku", "{} Courier muhabiridir; limanları ve denizciliği yazar.",
        ("Fırtına kıyıda iki okulu kapattı", "Yeni kütüphane haziranda açılıyor", "Meclis ikinci konut vergisini görüşüyor"),
    ),
    "ar": Furniture(
        "بقلم {}", "اقرأ أيضا", "اشترك في نشرتنا البريدية حتى لا تفوتك الأخبار.", "شارك هذا المقال",
        "اترك تعليقا", "المزيد", "{} صحفية في كوريير تغطي شؤون الموانئ والملاحة.",
        ("العاصفة تغلق مدرستين على الساحل", "المكتبة الجديدة تفتح أبوابها في يونيو", "المجلس يدرس ضريبة على المنازل الثانية"),
    ),
    "he": Furniture(
        "מאת {}", "כתבות נוספות", "הירשמו לניוזלטר שלנו ולא תפספסו אף ידיעה.", "שתפו",
        "השאירו תגובה", "קראו עוד", "{} היא כתבת הקוריר ומסקרת נמלים וספנות.",
        ("הסערה סגרה שני בתי ספר בחוף", "הספרייה החדשה נפתחת ביוני", "המועצה שוקלת מס על דירה שנייה"),
    ),
    "hi": Furniture(
        "लेखक: {}", "संबंधित खबरें", "हमारे न्यूज़लेटर की सदस्यता लें और कोई खबर न चूकें।", "साझा करें",
        "टिप्पणी करें", "और पढ़ें", "{} कूरियर की संवाददाता हैं और बंदरगाहों पर लिखती हैं।",
        ("तूफान से तट पर दो स्कूल बंद", "नया पुस्तकालय जून में खुलेगा", "परिषद दूसरे घर पर कर लगाने पर विचार कर रही है"),
    ),
    "ja": Furniture(
        "文・{}", "関連記事", "ニュースレターに登録して最新ニュースを受け取りましょう。", "この記事をシェア",
        "コメントを残す", "続きを読む", "{}はクーリエの記者。港湾と海運を担当。",
        ("嵐で沿岸の二校が休校", "新しい図書館が六月に開館", "評議会が別荘税を検討"),
    ),
    "zh": Furniture(
        "记者 {}", "相关阅读", "订阅我们的电子报，不错过任何新闻。", "分享本文",
        "发表评论", "阅读更多", "{}是《信使报》记者，报道港口与航运。",
        ("风暴迫使沿海两所学校停课", "新图书馆将于六月开放", "委员会考虑对第二套住房征税"),
    ),
    "ko": Furniture(
        "{} 기자", "관련 기사", "뉴스레터를 구독하고 모든 소식을 받아보세요.", "기사 공유",
        "댓글 남기기", "더 보기", "{} 기자는 쿠리어에서 항만과 해운을 취재한다.",
        ("폭풍으로 해안 학교 두 곳 휴교", "새 도서관 유월에 개관", "의회, 별장 세금 검토"),
    ),
}  # fmt: skip
