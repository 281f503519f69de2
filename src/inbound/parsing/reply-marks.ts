/**
 * The words by which mail programs say that a reply's own words end: as data, so that a language or a program is one more
 * row. They are compared in lower case.
 *
 * The labels and the marks of handing on are those that https://github.com/crisp-oss/email-forward-parser (lib/parser.js)
 * has collected of Apple Mail, Gmail, Outlook, Thunderbird and Yahoo; the verbs are those of it, of
 * https://github.com/crisp-oss/email-reply-parser (lib/regex.js) and of https://github.com/discourse/email_reply_trimmer
 * (embedded_email_matcher.rb), and what the programs write besides.
 */

const lower = (words: readonly string[]): readonly string[] => words.map((word) => word.toLowerCase());
const split = (words: string): readonly string[] => lower(words.split(" "));

/** Words of which an attribution has one: `On Thursday Marta wrote:`, with a colon or brackets off. */
export const VERBS: ReadonlySet<string> = new Set(
  split(
    "wrote writes schrieb geschrieben schreibt écrit escribió scritto escreveu schreef geschreven pisze napisał napisała " +
      "napisał(a napsal napsal(a napsala napísal napísal(a napísala skrev kirjoitti yazdı yazmış írta írta: scris пишет писал написал " +
      "написал(а написала пише написав написав(ла писав написа έγραψε viết menulis tulis rašė rakstīja kirjutas escriure " +
      "napisao napisala pisao piše(te написао skrifaði כתב כתבה كتب",
  ),
);

/** With one of these a person tells of a letter: no program says `I`, or `As`. */
export const PERSONS: ReadonlySet<string> = new Set(
  split("i i've we ich wir j'ai vous nous yo nosotros io eu nós ik wij jag jeg я мы ми"),
);
export const TELLING: ReadonlySet<string> = new Set(split("as like wie comme como come zoals som jak как як"));

/** What an attribution ends with in languages that part words otherwise, the colon off. */
export const VERB_ENDS: readonly string[] = [
  "写道",
  "寫道",
  "写了",
  "のメッセージ",
  "のメール",
  "書きました",
  "作成",
  "작성",
  "쓴 글",
  "작성했습니다",
  "เขียนว่า",
  "เขียน",
  "अनुसार",
  "लिखा",
];

/** What an attribution that is broken into lines may begin with. */
export const BEGINS: readonly string[] = lower([
  ...["On ", "Am ", "Le ", "El ", "Il ", "In data ", "Em ", "A ", "Op ", "W dniu ", "Dnia ", "Dne ", "Dňa ", "Den "],
  ...["În ", "Pe ", "Vào ", "Pada ", "Στις ", "На ", "Missatge de ", "ในวันที่ ", "在", "V "],
]);

const FROM = [
  ...["From", "Od", "Fra", "Von", "De", "Lähettäjä", "Šalje", "Feladó", "Da", "Van", "Expeditorul", "Expeditor"],
  ...["Отправитель", "Från", "Kimden", "Від кого", "Saatja", "De la", "Gönderen", "От", "От кого", "Від", "Mittente"],
  ...[
    "Nadawca",
    "Από",
    "מאת",
    "من",
    "จาก",
    "Từ",
    "Dari",
    "差出人",
    "送信者",
    "发件人",
    "寄件者",
    "寄件人",
    "보낸 사람",
  ],
  ...["보낸사람", "No", "Nuo", "Pošiljatelj"],
];
/** When it was sent. */
const DATES = [
  ...["Sent", "Date", "Gesendet", "Datum", "Envoyé", "Enviado", "Enviado el", "Enviada em", "Enviada", "Fecha", "Data"],
  ...["Inviato", "Verzonden", "Sendt", "Dato", "Skickat", "Lähetetty", "Päiväys", "Päivämäärä", "Wysłano", "Odesláno"],
  ...["Odoslané", "Dátum", "Elküldve", "Küldve", "Trimis", "Trimis la", "Отправлено", "Дата", "Відправлено"],
  ...[
    "Надіслано",
    "Gönderildi",
    "Gönderilme",
    "Tarih",
    "Ημερομηνία",
    "Στάλθηκε",
    "Ngày",
    "Đã gửi",
    "Dikirim",
    "Tanggal",
  ],
  ...[
    "ส่ง",
    "วันที่",
    "送信日時",
    "日付",
    "日時",
    "发送时间",
    "发送日期",
    "日期",
    "寄件日期",
    "傳送時間",
    "보낸 날짜",
    "날짜",
  ],
  ...["נשלח", "תאריך", "تم الإرسال", "التاريخ", "Saadetud", "Poslano"],
];
const OTHER = [
  // To whom, and with copies to whom.
  ...[
    "To",
    "Cc",
    "Bcc",
    "Komu",
    "Til",
    "An",
    "Para",
    "Vastaanottaja",
    "À",
    "Prima",
    "Címzett",
    "A",
    "Aan",
    "Do",
    "Kopie",
  ],
  ...[
    "Destinatarul",
    "Către",
    "Кому",
    "Копия",
    "Копія",
    "Pre",
    "Till",
    "Kopia",
    "Kopi",
    "Kime",
    "Kime/Kimlere",
    "Bilgi",
  ],
  ...[
    "Pour",
    "Adresat",
    "DW",
    "Προς",
    "Κοιν",
    "Đến",
    "Tới",
    "Kepada",
    "ถึง",
    "宛先",
    "收件人",
    "收件者",
    "抄送",
    "副本",
  ],
  ...["받는 사람", "참조", "אל", "إلى", "Másolatot kap", "Másolat", "Kopio", "Kam", "Kes", "Za"],
  // What about.
  ...["Subject", "Předmět", "Emne", "Betreff", "Asunto", "Aihe", "Objet", "Predmet", "Tárgy", "Oggetto", "Onderwerp"],
  ...[
    "Temat",
    "Assunto",
    "Subiectul",
    "Subiect",
    "Тема",
    "Ämne",
    "Konu",
    "Sujet",
    "Naslov",
    "Θέμα",
    "Chủ đề",
    "Tiêu đề",
  ],
  ...["Subjek", "Perihal", "เรื่อง", "หัวเรื่อง", "件名", "主题", "主旨", "제목", "נושא", "الموضوع", "Teema", "Zadeva"],
  ...["Importance", "Wichtigkeit", "Reply-To", "Antwort an"],
];

/** What each label says, in lower case; `Da` and `De` are senders. */
export const LABELS: ReadonlyMap<string, "from" | "date" | "other"> = new Map([
  ...lower(OTHER).map((label) => [label, "other"] as const),
  ...lower(DATES).map((label) => [label, "date"] as const),
  ...lower(FROM).map((label) => [label, "from"] as const),
]);

/** Between dashes, alone on its line: an older Outlook, Proton Mail, QQ. */
export const ORIGINALS: readonly string[] = lower([
  ...["Original Message", "Original Mail", "Oprindelig besked", "Oprindelig meddelelse", "Opprinnelig melding"],
  ...["Message d'origine", "Message d’origine", "Message original", "Mensaje original", "Mensagem original"],
  ...[
    "Ursprüngliche Nachricht",
    "Originalnachricht",
    "Original-Nachricht",
    "Messaggio originale",
    "Messaggio Originale",
  ],
  ...["Oorspronkelijk bericht", "Originalmeddelande", "Ursprungligt meddelande", "Alkuperäinen viesti"],
  ...["Wiadomość oryginalna", "Oryginalna wiadomość", "Původní zpráva", "Pôvodná správa", "Eredeti üzenet"],
  ...["Mesaj original", "Исходное сообщение", "Оригинальное сообщение", "Оригінальне повідомлення", "Orijinal İleti"],
  ...["Özgün İleti", "Αρχικό μήνυμα", "Pesan Asli", "Thư gốc", "元のメッセージ", "原始邮件", "原始郵件", "원본 메시지"],
]);

/** What somebody else's mail stands below when it was handed on: content, and no history. Dashes and a colon are off. */
export const FORWARDS: ReadonlySet<string> = new Set(
  lower([
    // Apple Mail.
    ...["Begin forwarded message", "Začátek přeposílané zprávy", "Start på videresendt besked"],
    ...["Anfang der weitergeleiteten Nachricht", "Inicio del mensaje reenviado", "Välitetty viesti alkaa"],
    ...["Début du message réexpédié", "Début du message transféré", "Započni proslijeđenu poruku"],
    ...["Továbbított levél kezdete", "Inizio messaggio inoltrato", "Begin doorgestuurd bericht"],
    ...["Początek przekazywanej wiadomości", "Início da mensagem reencaminhada", "Início da mensagem encaminhada"],
    ...["Începe mesajul redirecționat", "Начало переадресованного сообщения", "Začiatok preposlanej správy"],
    ...["Vidarebefordrat mejl", "İleti başlangıcı", "Початок листа, що пересилається"],
    ...["転送されたメッセージ", "开始转发的邮件", "下面是被转发的邮件", "開始轉寄郵件", "전달된 메시지"],
    // Gmail, Yahoo, Thunderbird, Proton Mail.
    ...[
      "Forwarded message",
      "Přeposlaná zpráva",
      "Videresendt meddelelse",
      "Videresendt besked",
      "Videresendt melding",
    ],
    ...["Weitergeleitete Nachricht", "Mensaje reenviado", "Edelleenlähetetty viesti", "Message transmis"],
    ...["Message transféré", "Mail transféré", "Továbbított üzenet", "Messaggio inoltrato", "Doorgestuurd bericht"],
    ...["Przekazana wiadomość", "Treść przekazanej wiadomości", "Mensagem reencaminhada", "Mensagem encaminhada"],
    ...["Mesaj redirecționat", "Пересылаемое сообщение", "Перенаправленное сообщение", "Preposlaná správa"],
    ...["Preposlaná správa --- Forwarded Message", "Vidarebefordrat meddelande", "İletilmiş Mesaj", "İletilen İleti"],
    ...["Перенаправлене повідомлення", "Переслане повідомлення", "Välitetty viesti / Fwd.Msg", "Proslijeđena poruka"],
    ...["転送メッセージ", "转发的消息", "转发邮件", "轉寄郵件", "Προωθημένο μήνυμα"],
  ]),
);

/**
 * A subject that begins so, before a colon, is of a mail handed on. `VS` is not here: it is that in Danish and Norwegian,
 * and an answer in Finnish.
 */
export const FORWARDED_SUBJECTS: ReadonlySet<string> = new Set(
  lower([
    "Fw",
    "Fwd",
    "WG",
    "RV",
    "TR",
    "I",
    "PD",
    "ENC",
    "Redir.",
    "VB",
    "VL",
    "Videresend",
    "İLT",
    "ΠΡΘ",
    "转发",
    "轉寄",
  ]),
);

/** In the line above somebody else's mail, words by which the person hands it on. */
export const HANDING_ON: readonly string[] = lower([
  ...[
    "forward",
    "fwd",
    "fyi",
    "for your information",
    "see below",
    "weitergeleitet",
    "leite",
    "siehe unten",
    "zur info",
  ],
  ...[
    "ci-dessous",
    "transfère",
    "a continuación",
    "reenvío",
    "inoltro",
    "di seguito",
    "hieronder",
    "encaminho",
    "abaixo",
  ],
]);

/** What a program or a device writes below a mail begins so, and names one of `DEVICES`. */
export const DEVICE_BEGINS: readonly string[] = lower([
  ...["Sent from", "Sent with", "Sent via", "Sent by", "Get Outlook", "Get BlueMail", "Gesendet von", "Gesendet mit"],
  ...["Von mein", "Diese Nachricht wurde von", "Enviado desde", "Enviado do", "Enviado da", "Enviado a partir de"],
  ...["Enviado de", "Enviado con", "Envoyé depuis", "Envoyé de", "Envoyé à partir de", "Envoyé avec", "Inviato da"],
  ...["Inviato con", "Verzonden vanaf", "Verzonden met", "Verstuurd vanaf", "Sendt fra", "Skickat från", "Lähetetty"],
  ...["Wysłane z", "Wysłano z", "Odesláno z", "Odoslané z", "Trimis de pe", "Trimis din", "Отправлено с"],
  ...["Отправлено из", "Надіслано з", "Відправлено з", "Στάλθηκε από", "Được gửi từ", "Đã gửi từ", "Dikirim dari"],
  ...["ส่งจาก", "发自", "從我的", "נשלח מ", "أُرسلت من", "Télécharger Outlook", "Obtenir Outlook"],
  ...["Obtener Outlook", "Obter Outlook", "Obter o Outlook", "Obtenha o Outlook", "Scarica Outlook", "Ottieni Outlook"],
  ...["Outlook voor", "Outlook für", "Download Outlook", "Pobierz program Outlook", "Hämta Outlook", "Hent Outlook"],
]);
/** Or it ends so. */
export const DEVICE_ENDS: readonly string[] = lower([
  "から送信",
  "에서 보냄",
  "dan gönderildi",
  "den gönderildi",
  "傳送",
]);
export const DEVICES: readonly string[] = lower([
  ...["iPhone", "iPad", "iPod", "iOS", "Android", "Samsung", "Galaxy", "Huawei", "Xiaomi", "Redmi", "Pixel", "OnePlus"],
  ...["Nokia", "Sony", "Xperia", "Motorola", "BlackBerry", "Windows", "Outlook", "Mail", "Gmail", "Yahoo", "Proton"],
  ...[
    "AOL",
    "Thunderbird",
    "Spark",
    "Superhuman",
    "Tutanota",
    "Mobile",
    "Phone",
    "Handy",
    "Tablet",
    "Telefon",
    "Teléfono",
  ],
  ...[
    "Móvil",
    "Celular",
    "Téléphone",
    "Portable",
    "Telefono",
    "Device",
    "Mac",
    "Почты",
    "Почта",
    "Verizon",
    "T-Mobile",
  ],
]);

/** A closing: a whole line, but for a comma or an exclamation mark behind it. */
export const GREETINGS: ReadonlySet<string> = new Set(
  lower([
    ...["Cheers", "Best wishes", "Yours sincerely", "Sincerely", "Bien à vous", "Bonne journée", "Bonne soirée"],
    ...["Mit freundlichen Grüßen", "Mit freundlichem Gruß", "Freundliche Grüße", "Viele Grüße", "Beste Grüße", "MfG"],
    ...[
      "Mit besten Grüßen",
      "Liebe Grüße",
      "Saludos",
      "Un saludo",
      "Saludos cordiales",
      "Atentamente",
      "Cordiali saluti",
    ],
    ...["Distinti saluti", "Atenciosamente", "Com os melhores cumprimentos", "Met vriendelijke groet", "Pozdrawiam"],
    ...["Met vriendelijke groeten", "S pozdravem", "S pozdravom", "Med vänliga hälsningar", "Vänliga hälsningar"],
    ...[
      "Med venlig hilsen",
      "Med vennlig hilsen",
      "Ystävällisin terveisin",
      "С уважением",
      "З повагою",
      "Saygılarımla",
    ],
    ...["Üdvözlettel", "Cu stimă", "Με εκτίμηση"],
  ]),
);

/** The same, with up to three words before, of which the first is one of these: `Kind regards`, `Thanks and regards`. */
export const GREETING_ENDS: ReadonlySet<string> = new Set(["regards", "cordialement"]);
export const GREETING_BEGINS: ReadonlySet<string> = new Set(
  split("regards cordialement kind kindest best warm warmest thanks thank many with sincere bien très tres"),
);
