# ruff: noqa: E501 -- wide scripts count double
"""One small article in fifteen languages and nine scripts, and what walls say in them; written for these tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """`wall`: what each kind of wall says; `quote`: a sentence of an article about walls."""

    title: str
    paragraphs: tuple[str, ...]
    bot: str
    consent: tuple[str, str]
    paywall: str
    login: str
    missing: str
    removed: str
    javascript: str


TEXTS: dict[str, Text] = {
    "en": Text(
        "Westmere votes to rebuild the ferry pier",
        (
            "The harbour council of Westmere voted on Tuesday night to rebuild the old ferry pier, ending a dispute "
            "that had divided the town for almost nine years and cost two mayors their office.",
            "Work will begin in the spring, and the first boats should land again by the following autumn, said Ingrid "
            "Solvang, who leads the council's planning group and has followed the matter from its beginning.",
            "Fishermen had feared that the new pier would close the northern channel. The final drawings move it forty "
            "metres to the south, which leaves the channel open at every tide, as the harbour master confirmed.",
        ),
        "Verify you are human by completing the action below.",
        ("We and our partners use cookies to store and access information on your device. You can withdraw your "
         "consent at any time.", "Accept all"),
        "Subscribe to continue reading this article.",
        "Log in",
        "Page not found",
        "This article has been removed by the publisher.",
        "You need to enable JavaScript to run this app.",
    ),
    "de": Text(
        "Westmere baut den alten Fähranleger neu",
        (
            "Der Hafenrat von Westmere hat am Dienstagabend beschlossen, den alten Fähranleger neu zu bauen, und damit "
            "einen Streit beendet, der die Stadt fast neun Jahre lang gespalten und zwei Bürgermeister das Amt "
            "gekostet hatte.",
            "Die Arbeiten sollen im Frühjahr beginnen, im Herbst darauf könnten die ersten Schiffe wieder anlegen, "
            "sagte Ingrid Solvang, die die Planungsgruppe leitet und die Sache von Anfang an verfolgt hat.",
            "Die Fischer hatten befürchtet, dass der neue Anleger die nördliche Rinne schließt. Die Pläne rücken ihn "
            "nun vierzig Meter nach Süden, so dass die Rinne bei jeder Tide offen bleibt.",
        ),
        "Bitte bestätigen Sie, dass Sie kein Roboter sind.",
        ("Wir und unsere Partner verwenden Cookies, um Informationen auf Ihrem Gerät zu speichern. Ihre Einwilligung "
         "können Sie jederzeit in der Datenschutzerklärung widerrufen.", "Alle akzeptieren"),
        "Dieser Artikel ist nur für Abonnenten. Jetzt weiterlesen mit einem Abo.",
        "Anmelden",
        "Seite nicht gefunden",
        "Dieser Artikel ist nicht mehr verfügbar.",
        "Bitte aktivieren Sie JavaScript in Ihrem Browser.",
    ),
    "fr": Text(
        "Westmere reconstruira l'ancien embarcadère",
        (
            "Le conseil portuaire de Westmere a voté mardi soir la reconstruction de l'ancien embarcadère du bac, "
            "mettant fin à une querelle qui divisait la ville depuis près de neuf ans et qui a coûté leur poste à deux "
            "maires.",
            "Les travaux commenceront au printemps et les premiers bateaux devraient accoster de nouveau à l'automne "
            "suivant, a indiqué Ingrid Solvang, qui dirige le groupe de planification du conseil.",
            "Les pêcheurs craignaient que le nouvel ouvrage ne ferme le chenal du nord. Les plans définitifs le "
            "déplacent de quarante mètres vers le sud, ce qui laisse le chenal ouvert à toute marée.",
        ),
        "Vérifiez que vous êtes humain pour continuer.",
        ("Nous et nos partenaires utilisons des cookies pour stocker des informations sur votre appareil. Vous pouvez "
         "retirer votre consentement à tout moment.", "Tout accepter"),
        "La suite est réservée aux abonnés. Abonnez-vous pour lire la suite.",
        "Se connecter",
        "Page introuvable",
        "Cet article n'est plus disponible.",
        "Veuillez activer JavaScript pour afficher cette page.",
    ),
    "es": Text(
        "Westmere reconstruirá el viejo muelle del transbordador",
        (
            "El consejo portuario de Westmere votó el martes por la noche la reconstrucción del viejo muelle del "
            "transbordador y puso fin a una disputa que dividía a la ciudad desde hacía casi nueve años.",
            "Las obras comenzarán en primavera y los primeros barcos deberían atracar de nuevo en el otoño siguiente, "
            "dijo Ingrid Solvang, que dirige el grupo de planificación del consejo desde el principio.",
            "Los pescadores temían que el nuevo muelle cerrara el canal del norte. Los planos definitivos lo desplazan "
            "cuarenta metros hacia el sur, lo que deja el canal abierto con cualquier marea.",
        ),
        "Verifica que eres humano para continuar.",
        ("Nosotros y nuestros socios utilizamos cookies para almacenar información en su dispositivo. Puede retirar su "
         "consentimiento en la política de privacidad.", "Aceptar todo"),
        "Suscríbete para seguir leyendo.",
        "Iniciar sesión",
        "Página no encontrada",
        "Este artículo ya no está disponible.",
        "Es necesario habilitar JavaScript para ver esta página.",
    ),
    "pt": Text(
        "Westmere vai reconstruir o antigo cais da balsa",
        (
            "O conselho portuário de Westmere votou na noite de terça-feira a reconstrução do antigo cais da balsa, "
            "encerrando uma disputa que dividia a cidade havia quase nove anos e que custou o cargo a dois prefeitos.",
            "As obras começam na primavera e os primeiros barcos devem atracar de novo no outono seguinte, disse "
            "Ingrid Solvang, que dirige o grupo de planejamento do conselho desde o início.",
            "Os pescadores temiam que o novo cais fechasse o canal norte. Os desenhos finais o deslocam quarenta metros "
            "para o sul, o que deixa o canal aberto em qualquer maré, segundo o mestre do porto.",
        ),
        "Verifique se você é humano para continuar.",
        ("Nós e nossos parceiros usamos cookies para armazenar informações no seu dispositivo. Leia a política de "
         "privacidade para retirar o consentimento.", "Aceitar todos"),
        "Assine para continuar lendo esta matéria.",
        "Fazer login",
        "Página não encontrada",
        "Este conteúdo não está mais disponível.",
        "Habilite JavaScript para ver esta página.",
    ),
    "pl": Text(
        "Westmere odbuduje starą przystań promową",
        (
            "Rada portu w Westmere we wtorek wieczorem zdecydowała o odbudowie starej przystani promowej, kończąc "
            "spór, który dzielił miasto przez prawie dziewięć lat i kosztował stanowisko dwóch burmistrzów.",
            "Prace rozpoczną się wiosną, a pierwsze statki powinny znów przybić jesienią następnego roku, powiedziała "
            "Ingrid Solvang, która kieruje zespołem planowania i zna sprawę od początku.",
            "Rybacy obawiali się, że nowa przystań zamknie północny kanał. Ostateczne rysunki przesuwają ją o "
            "czterdzieści metrów na południe, więc kanał pozostanie otwarty przy każdym pływie.",
        ),
        "Potwierdź, że jesteś człowiekiem.",
        ("My i nasi partnerzy używamy plików cookie, aby przechowywać informacje na urządzeniu. Zgodę można wycofać w "
         "każdej chwili, zob. polityka prywatności.", "Zaakceptuj wszystko"),
        "Dostęp tylko dla prenumeratorów. Aby czytać dalej, wykup dostęp.",
        "Zaloguj się",
        "Nie znaleziono strony",
        "Ten artykuł nie jest już dostępny.",
        "Włącz JavaScript w przeglądarce.",
    ),
    "ru": Text(
        "Вестмер восстановит старый паромный причал",
        (
            "Портовый совет Вестмера во вторник вечером проголосовал за восстановление старого паромного причала и "
            "завершил спор, который почти девять лет делил город и стоил должности двум мэрам.",
            "Работы начнутся весной, а первые суда смогут снова причалить следующей осенью, сообщила Ингрид Сольванг, "
            "которая возглавляет группу планирования и следит за делом с самого начала.",
            "Рыбаки опасались, что новый причал закроет северный канал. В окончательных чертежах он сдвинут на сорок "
            "метров к югу, и канал остаётся открытым при любом приливе, подтвердил капитан порта.",
        ),
        "Подтвердите, что вы не робот.",
        ("Мы и наши партнёры используем файлы cookie для хранения информации на вашем устройстве. Мы используем файлы "
         "cookie и для рекламы.", "Принять все"),
        "Материал доступен только подписчикам. Оформите подписку, чтобы читать дальше.",
        "Войти",
        "Страница не найдена",
        "Материал удалён по требованию правообладателя.",
        "Включите JavaScript в браузере.",
    ),
    "el": Text(
        "Το Ουέστμιρ ξαναχτίζει την παλιά αποβάθρα",
        (
            "Το λιμενικό συμβούλιο του Ουέστμιρ ψήφισε το βράδυ της Τρίτης την ανοικοδόμηση της παλιάς αποβάθρας του "
            "πορθμείου, κλείνοντας μια διαμάχη που δίχαζε την πόλη σχεδόν εννέα χρόνια.",
            "Οι εργασίες θα αρχίσουν την άνοιξη και τα πρώτα πλοία αναμένεται να δέσουν ξανά το επόμενο φθινόπωρο, "
            "δήλωσε η Ίνγκριντ Σόλβανγκ, επικεφαλής της ομάδας σχεδιασμού του συμβουλίου.",
            "Οι ψαράδες φοβούνταν ότι η νέα αποβάθρα θα έκλεινε το βόρειο κανάλι. Τα τελικά σχέδια τη μετακινούν "
            "σαράντα μέτρα προς τον νότο και έτσι το κανάλι μένει ανοιχτό.",
        ),
        "Επιβεβαιώστε ότι είστε άνθρωπος για να συνεχίσετε.",
        ("Εμείς και οι συνεργάτες μας χρησιμοποιούμε cookies για την αποθήκευση πληροφοριών στη συσκευή σας. Δείτε την "
         "πολιτική απορρήτου.", "Αποδοχή όλων"),
        "Μόνο για συνδρομητές. Για να συνεχίσετε την ανάγνωση γίνετε συνδρομητής.",
        "Σύνδεση",
        "Η σελίδα δεν βρέθηκε",
        "Το άρθρο δεν είναι πλέον διαθέσιμο.",
        "Ενεργοποιήστε τη JavaScript για να δείτε τη σελίδα.",
    ),
    "tr": Text(
        "Westmere eski feribot iskelesini yeniden yapıyor",
        (
            "Westmere liman meclisi salı akşamı eski feribot iskelesinin yeniden yapılmasına karar verdi ve kenti "
            "neredeyse dokuz yıldır bölen, iki belediye başkanının görevine mal olan tartışmayı sona erdirdi.",
            "Çalışmalar ilkbaharda başlayacak, ilk tekneler ertesi sonbaharda yeniden yanaşabilecek, dedi konuyu "
            "başından beri izleyen planlama grubunun başkanı Ingrid Solvang.",
            "Balıkçılar yeni iskelenin kuzey kanalını kapatmasından korkuyordu. Son çizimler iskeleyi kırk metre "
            "güneye kaydırıyor ve kanal her gelgitte açık kalıyor.",
        ),
        "Devam etmek için insan olduğunuzu doğrulayın.",
        ("Biz ve iş ortaklarımız cihazınızda bilgi saklamak için çerezleri kullanıyoruz. Ayrıntılar için gizlilik "
         "politikası sayfasına bakın.", "Tümünü kabul et"),
        "Okumaya devam etmek için abone olun. Abonelere özel.",
        "Giriş yap",
        "Sayfa bulunamadı",
        "Bu haber yayından kaldırıldı.",
        "Lütfen JavaScript'i etkinleştirin.",
    ),
    "ar": Text(
        "ويستمير تعيد بناء رصيف العبّارات القديم",
        (
            "صوّت مجلس ميناء ويستمير مساء الثلاثاء على إعادة بناء رصيف العبّارات القديم، منهيا خلافا قسّم المدينة "
            "نحو تسع سنوات وكلّف رئيسي بلدية منصبيهما بعد احتجاجات طويلة.",
            "وستبدأ الأعمال في الربيع، ومن المتوقع أن ترسو السفن الأولى مجددا في الخريف التالي، كما قالت إنغريد "
            "سولفانغ التي ترأس مجموعة التخطيط في المجلس وتابعت الملف منذ بدايته.",
            "وكان الصيادون يخشون أن يغلق الرصيف الجديد القناة الشمالية. لكن الرسوم النهائية تنقله أربعين مترا إلى "
            "الجنوب، وهكذا تبقى القناة مفتوحة عند كل مد وجزر.",
        ),
        "يرجى التحقق من أنك إنسان للمتابعة.",
        ("نحن وشركاؤنا نستخدم ملفات تعريف الارتباط لتخزين المعلومات على جهازك. نستخدم ملفات تعريف الارتباط أيضا "
         "للإعلانات.", "قبول الكل"),
        "هذا المحتوى للمشتركين فقط.",
        "تسجيل الدخول",
        "الصفحة غير موجودة",
        "تم حذف هذا الخبر من الموقع.",
        "يرجى تفعيل جافا سكريبت في المتصفح.",
    ),
    "he": Text(
        "וסטמיר תבנה מחדש את רציף המעבורות הישן",
        (
            "מועצת הנמל של וסטמיר הצביעה ביום שלישי בערב בעד בנייה מחדש של רציף המעבורות הישן, וסיימה מחלוקת שפילגה "
            "את העיר כמעט תשע שנים ועלתה לשני ראשי עיר בתפקידם.",
            "העבודות יתחילו באביב, והספינות הראשונות אמורות לעגון שוב בסתיו שאחריו, אמרה אינגריד סולבנג, העומדת בראש "
            "קבוצת התכנון של המועצה ועוקבת אחר העניין מתחילתו.",
            "הדייגים חששו שהרציף החדש יסגור את התעלה הצפונית. השרטוטים הסופיים מזיזים אותו ארבעים מטרים דרומה, וכך "
            "התעלה נשארת פתוחה בכל גאות ושפל.",
        ),
        "ודא שאתה אנושי כדי להמשיך.",
        ("אנו משתמשים בעוגיות כדי לשמור מידע במכשיר שלך. אנו משתמשים בעוגיות גם לפרסום של שותפים.", "אשר הכל"),
        "הכתבה המלאה למנויים בלבד.",
        "התחברות",
        "הדף לא נמצא",
        "הכתבה הוסרה מן האתר.",
        "יש צורך: הפעל JavaScript בדפדפן.",
    ),
    "hi": Text(
        "वेस्टमीर पुराने घाट का पुनर्निर्माण करेगा",
        (
            "वेस्टमीर की बंदरगाह परिषद ने मंगलवार रात पुराने नौका घाट के पुनर्निर्माण के पक्ष में मतदान किया और उस विवाद को समाप्त कर दिया "
            "जिसने लगभग नौ वर्षों तक शहर को बाँट रखा था।",
            "काम वसंत में शुरू होगा और पहली नावें अगली शरद ऋतु तक फिर से आ सकेंगी, योजना समूह की प्रमुख इंग्रिड सोलवांग ने कहा, जो "
            "शुरुआत से इस मामले को देख रही हैं।",
            "मछुआरों को डर था कि नया घाट उत्तरी नहर को बंद कर देगा। अंतिम नक्शे उसे चालीस मीटर दक्षिण की ओर ले जाते हैं, जिससे नहर हर "
            "ज्वार में खुली रहती है।",
        ),
        "कृपया सत्यापित करें कि आप मानव हैं।",
        ("हम कुकीज़ का उपयोग आपके उपकरण पर जानकारी रखने के लिए करते हैं। हमारे partner भी कुकीज़ रखते हैं।", "सभी स्वीकार करें"),
        "पढ़ना जारी रखने के लिए सदस्य बनें।",
        "लॉग इन करें",
        "पृष्ठ नहीं मिला",
        "यह लेख अब उपलब्ध नहीं है।",
        "कृपया जावास्क्रिप्ट सक्षम करें।",
    ),
    "ja": Text(
        "ウェストミア、旧フェリー桟橋を再建へ",
        (
            "ウェストミア港湾評議会は火曜日の夜、古いフェリー桟橋を再建することを決議し、ほぼ九年にわたって町を二分し、"
            "二人の町長が職を失う原因となった論争に終止符を打った。",
            "工事は春に始まり、翌年の秋には最初の船が再び接岸できる見通しだと、当初からこの問題に取り組んできた計画部会長の"
            "イングリッド・ソルバング氏は述べた。",
            "漁業者は新しい桟橋が北側の水路をふさぐことを心配していた。最終図面では桟橋が南へ四十メートル移され、"
            "どの潮位でも水路は開いたままになると港長は確認した。",
        ),
        "続行するには、人間であることを確認してください。",
        ("当社とパートナーは、端末に情報を保存するためにクッキーを使用します。広告にもクッキーを使用します。", "すべて同意"),
        "この記事は有料会員限定です。続きを読むには登録してください。",
        "ログイン",
        "ページが見つかりません",
        "この記事は削除されました。",
        "JavaScriptを有効にしてください。",
    ),
    "zh": Text(
        "韦斯特米尔决定重建旧渡轮码头",
        (
            "韦斯特米尔港务委员会周二晚间投票决定重建旧渡轮码头，结束了一场使全城分裂近九年、并让两位市长丢掉职位的争议，"
            "在场的居民以热烈的掌声回应了这一结果。",
            "工程将于春季开工，首批船只预计在次年秋季重新靠岸，负责委员会规划小组并从一开始就跟进此事的英格丽德·索尔万格"
            "在会后对记者表示。",
            "渔民曾担心新码头会堵住北侧航道。最终图纸把码头向南移动了四十米，因此无论潮水高低，航道都将保持畅通，"
            "港务长也证实了这一点。",
        ),
        "请验证您是真人后继续访问。",
        ("我们和我们的合作伙伴使用cookie在您的设备上存储信息。我们使用cookie投放广告。", "接受全部"),
        "本文为付费内容，付费后阅读全文。",
        "登录",
        "页面不存在",
        "该文章已被删除。",
        "请启用JavaScript后访问。",
    ),
    "ko": Text(
        "웨스트미어, 옛 여객선 부두 재건하기로",
        (
            "웨스트미어 항만위원회는 화요일 밤 옛 여객선 부두를 재건하기로 의결해 거의 구 년 동안 도시를 갈라놓고 두 시장의 자리를 "
            "잃게 한 논쟁을 끝냈다. 회의장에는 주민 이백여 명이 모였다.",
            "공사는 봄에 시작되며 첫 배는 이듬해 가을 다시 닿을 전망이라고 처음부터 이 문제를 다뤄 온 계획단장 잉그리드 솔방이 "
            "밝혔다. 그는 예산도 이미 확보됐다고 말했다.",
            "어민들은 새 부두가 북쪽 수로를 막을까 걱정했다. 최종 도면은 부두를 남쪽으로 사십 미터 옮겨 어떤 물때에도 수로가 열려 "
            "있도록 했다고 항만장은 확인했다.",
        ),
        "계속하려면 사람인지 확인해 주세요.",
        ("당사와 파트너는 기기에 정보를 저장하기 위해 쿠키를 사용합니다. 광고에도 쿠키를 사용합니다.", "모두 동의"),
        "유료회원 전용 기사입니다. 구독하고 계속 읽기",
        "로그인",
        "페이지를 찾을 수 없습니다",
        "삭제된 기사입니다.",
        "자바스크립트를 활성화해 주세요.",
    ),
}  # fmt: skip
