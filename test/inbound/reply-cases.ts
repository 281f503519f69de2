/**
 * What mail programs write below an answer, and people within one: each with what must come out, by hand. The wording is
 * from `source`; names, addresses and dates are made up.
 */
export type ReplyCase = {
  client: string;
  language: string;
  source: string;
  subject?: string;
  text?: string;
  html?: string;
  reply: string;
  quoted: string | null;
};

const FORWARD_PARSER = "https://github.com/crisp-oss/email-forward-parser (lib/parser.js)";
const REPLY_PARSER = "https://github.com/crisp-oss/email-reply-parser (lib/regex.js, test/fixtures)";
const TRIMMER = "https://github.com/discourse/email_reply_trimmer (embedded_email_matcher.rb, signature_matcher.rb)";
const LISTS = "mails on public mailing lists: kernel.org, qemu-devel, usrp-users";
const PROGRAM = "as the program writes it";
const RFC = "RFC 3676, 4.3";
const HAND = "made by hand";

const ANSWER = "It still does not work.";
const QUOTATION = "> Please sign in again.\n>\n> Marta";

/** An attribution with a quotation below it. */
const attributed = (client: string, language: string, source: string, attribution: string): ReplyCase => {
  const quoted = `${attribution}\n${QUOTATION}`;
  return { client, language, source, text: `${ANSWER}\n\n${quoted}\n`, reply: ANSWER, quoted };
};

/** A block of headers with an unmarked history below it. */
const headed = (client: string, language: string, source: string, block: string, above = "\n\n"): ReplyCase => {
  const quoted = `${block}\n\nPlease sign in again.\n\nMarta`;
  return { client, language, source, text: `${ANSWER}${above}${quoted}`, reply: ANSWER, quoted };
};

/** What a program or person puts below, and is no history. */
const signed = (client: string, language: string, source: string, quoted: string): ReplyCase => {
  return { client, language, source, text: `${ANSWER}\n\n${quoted}`, reply: ANSWER, quoted };
};

/** What is content, all of it. */
const whole = (client: string, source: string, text: string, more: Partial<ReplyCase> = {}): ReplyCase => {
  return { client, language: "en", source, text, reply: text, quoted: null, ...more };
};

const M = "Marta Klein <support@example.com>";

const ATTRIBUTIONS: readonly ReplyCase[] = [
  attributed("Gmail", "en", REPLY_PARSER, `On Thu, Mar 26, 2026 at 3:43 PM ${M} wrote:`),
  attributed("Gmail", "de", REPLY_PARSER, `Am Do., 26. März 2026 um 15:43 Uhr schrieb ${M}:`),
  attributed("Gmail", "fr", REPLY_PARSER, `Le jeu. 26 mars 2026 à 15:43, ${M} a écrit :`),
  attributed(
    "Gmail",
    "es",
    REPLY_PARSER,
    "El jue, 26 mar 2026 a las 15:43, Marta Klein (<support@example.com>) escribió:",
  ),
  attributed("Gmail", "it", REPLY_PARSER, `Il giorno gio 26 mar 2026 alle ore 15:43 ${M} ha scritto:`),
  attributed("Gmail", "pt-BR", REPLY_PARSER, `Em qui., 26 de mar. de 2026 às 15:43, ${M} escreveu:`),
  attributed("Gmail", "nl", REPLY_PARSER, `Op do 26 mrt 2026 om 15:43 schreef ${M}:`),
  attributed("Gmail", "pl", TRIMMER, `czw., 26 mar 2026 o 15:43 ${M} napisał(a):`),
  attributed("Gmail", "cs", LISTS, `čt 26. 3. 2026 v 15:43 odesílatel ${M} napsal:`),
  attributed("Gmail", "sk", FORWARD_PARSER, `št 26. 3. 2026 o 15:43 ${M} napísal(a):`),
  attributed("Gmail", "da", REPLY_PARSER, `Den tors. 26. mar. 2026 kl. 15.43 skrev ${M}:`),
  attributed("Gmail", "nb", TRIMMER, `tor. 26. mar. 2026 kl. 15:43 skrev ${M}:`),
  attributed("Gmail", "sv", REPLY_PARSER, `Den tors 26 mars 2026 kl 15:43 skrev ${M}:`),
  attributed(
    "Gmail",
    "fi",
    REPLY_PARSER,
    "to 26. maalisk. 2026 klo 15.43 Marta Klein (support@example.com) kirjoitti:",
  ),
  attributed("Gmail", "ru", TRIMMER, `чт, 26 мар. 2026 г. в 15:43, ${M}:`),
  attributed("Gmail", "uk", LISTS, `чт, 26 бер. 2026 р. о 15:43 ${M} пише:`),
  attributed("Gmail", "tr", LISTS, `${M}, 26 Mar 2026 Per, 15:43 tarihinde şunu yazdı:`),
  attributed("Gmail", "hu", LISTS, `${M} ezt írta (időpont: 2026. márc. 26., Cs, 15:43):`),
  attributed("Gmail", "ro", LISTS, `În joi, 26 mar. 2026 la 15:43, ${M} a scris:`),
  attributed("Gmail", "el", PROGRAM, `Στις Πέμ 26 Μαρ 2026 στις 3:43 μ.μ., ο/η ${M} έγραψε:`),
  attributed("Gmail", "vi", LISTS, `Vào Th 5, 26 thg 3, 2026 vào lúc 15:43 ${M} đã viết:`),
  attributed("Gmail", "id", PROGRAM, `Pada tanggal Kam, 26 Mar 2026 pukul 15.43 ${M} menulis:`),
  attributed("Gmail", "th", PROGRAM, `ในวันที่ พฤ. 26 มี.ค. 2026 เวลา 15:43 ${M} เขียนว่า:`),
  attributed("Gmail", "ja", REPLY_PARSER, `2026年3月26日(木) 15:43 ${M}:`),
  attributed("Gmail", "ko", LISTS, `2026년 3월 26일 (목) 오후 3:43, ${M}님이 작성:`),
  attributed("Gmail", "zh-CN", REPLY_PARSER, `${M} 于2026年3月26日周四 15:43写道：`),
  attributed("Gmail", "zh-TW", LISTS, `${M} 於 2026年3月26日 週四 下午3:43寫道：`),
  attributed("Gmail", "bg", PROGRAM, `На чт, 26.03.2026 г. в 15:43 ч. ${M} написа:`),
  attributed(
    "Gmail",
    "he",
    PROGRAM,
    "\u202bבתאריך יום ה׳, 26 במרץ 2026 ב-15:43 מאת \u202aMarta Klein\u202c\u200f <\u202asupport@example.com\u202c\u200f>:\u202c",
  ),
  attributed(
    "Gmail, broken",
    "de",
    REPLY_PARSER,
    "Am Do., 26. März 2026 um 15:43 Uhr schrieb Marta Klein <\nsupport@example.com>:",
  ),
  attributed(
    "Gmail, broken",
    "cs",
    PROGRAM,
    "čt 26. 3. 2026 v 15:43 odesílatel Marta Klein <support@example.com>\nnapsal:",
  ),
  attributed("Apple Mail", "en", REPLY_PARSER, `On 26 Mar 2026, at 15:43, ${M} wrote:`),
  attributed("Apple Mail", "de", REPLY_PARSER, `Am 26.03.2026 um 15:43 schrieb ${M}:`),
  attributed("Apple Mail", "nl", TRIMMER, `Op 26 mrt. 2026 om 15:43 heeft ${M} het volgende geschreven:`),
  attributed("Apple Mail", "ja", REPLY_PARSER, `2026/03/26 15:43、${M}のメール:`),
  attributed("Apple Mail", "ru", TRIMMER, `26 марта 2026 г., в 15:43, ${M} написал(а):`),
  attributed("Apple Mail", "zh-CN", REPLY_PARSER, `在 2026年3月26日，15:43，${M} 写道：`),
  attributed("Thunderbird", "en", TRIMMER, "On 26/03/2026 15:43, Marta Klein wrote:"),
  attributed("Thunderbird", "de", REPLY_PARSER, "Am 26.03.26 um 15:43 schrieb Marta Klein:"),
  attributed("Thunderbird", "fr", TRIMMER, "Le 26/03/2026 à 15:43, Marta Klein a écrit :"),
  attributed("Thunderbird", "cs", LISTS, "Dne 26. 03. 26 v 15:43 Marta Klein napsal(a):"),
  attributed("Thunderbird", "hu", LISTS, "2026. 03. 26. 15:43 keltezéssel, Marta Klein írta:"),
  attributed("Thunderbird", "fi", FORWARD_PARSER, "Marta Klein kirjoitti 26.3.2026 klo 15.43:"),
  attributed("Thunderbird", "ru", PROGRAM, "26.03.2026 15:43, Marta Klein пишет:"),
  attributed(
    "Outlook 2019",
    "tr",
    FORWARD_PARSER,
    '"Marta Klein" <support@example.com>, 26.03.2026 15:43 tarihinde şunu yazdı:',
  ),
  attributed(
    "Outlook 2019",
    "hu",
    FORWARD_PARSER,
    "2026.03.26. 15:43 időpontban Marta Klein <support@example.com> ezt írta:",
  ),
  attributed(
    "Outlook 2019",
    "ru",
    FORWARD_PARSER,
    '26.03.2026, 15:43, пользователь "Marta Klein" <support@example.com> написал:',
  ),
  attributed("Yahoo", "en", PROGRAM, `    On Thursday, March 26, 2026 at 03:43:00 PM GMT+1, ${M} wrote:`),
  attributed("Yahoo", "de", PROGRAM, `Am Donnerstag, 26. März 2026 um 15:43:00 MEZ hat ${M} Folgendes geschrieben:`),
  attributed(
    "Yahoo",
    "zh-TW",
    LISTS,
    "Marta Klein (<support@example.com>) 在 2026年3月26日星期四 下午03:43:00 [GMT+8] 寫道：",
  ),
  attributed("Proton Mail", "en", PROGRAM, `On Thursday, March 26th, 2026 at 3:43 PM, ${M} wrote:`),
  attributed("Proton Mail", "fr", PROGRAM, `Le jeudi 26 mars 2026 à 15:43, ${M} a écrit :`),
  attributed("Zoho", "en", REPLY_PARSER, `---- On Thu, 26 Mar 2026 15:43:00 +0100 ${M} wrote ----`),
];

const BLOCKS: readonly ReplyCase[] = [
  headed(
    "Outlook",
    "en",
    FORWARD_PARSER,
    `From: ${M}\nSent: Thursday, March 26, 2026 3:43 PM\nTo: Jo\nSubject: Re: It`,
  ),
  headed(
    "Outlook, bold",
    "en",
    FORWARD_PARSER,
    "*From:* Marta Klein\n*Sent:* Thursday, March 26, 2026 3:43 PM\n*To:* Jo\n*Subject:* Re: It",
  ),
  headed(
    "Outlook, no blank line",
    "en",
    FORWARD_PARSER,
    "From: Marta Klein\nSent: Thursday, March 26, 2026 3:43 PM\nTo: Jo\nSubject: Re: It",
    "\n",
  ),
  headed(
    "Outlook on the web",
    "en",
    FORWARD_PARSER,
    `________________________________\nFrom: ${M}\nSent: Thursday, March 26, 2026 3:43 PM\nTo: Jo <jo@example.com>\nSubject: Re: It`,
  ),
  headed(
    "Outlook",
    "de",
    FORWARD_PARSER,
    `Von: ${M}\nGesendet: Donnerstag, 26. März 2026 15:43\nAn: Jo\nBetreff: AW: Es`,
  ),
  headed("Outlook", "da", FORWARD_PARSER, `Fra: ${M}\nSendt: 26. marts 2026 15:43\nTil: Jo\nEmne: Sv: Det`),
  headed("Outlook", "sv", FORWARD_PARSER, `Från: ${M}\nSkickat: den 26 mars 2026 15:43\nTill: Jo\nÄmne: Sv: Det`),
  headed(
    "Outlook",
    "fi",
    FORWARD_PARSER,
    "Lähettäjä: Marta Klein\nLähetetty: torstai 26. maaliskuuta 2026 15.43\nVastaanottaja: Jo\nAihe: Vs: Se",
  ),
  headed("Outlook", "pl", FORWARD_PARSER, `Od: ${M}\nWysłano: czwartek, 26 marca 2026 15:43\nDo: Jo\nTemat: Odp: To`),
  headed(
    "Outlook",
    "cs",
    FORWARD_PARSER,
    `Od: ${M}\nOdesláno: čtvrtek 26. března 2026 15:43\nKomu: Jo\nPředmět: Re: To`,
  ),
  headed(
    "Outlook",
    "hu",
    FORWARD_PARSER,
    `Feladó: ${M}\nElküldve: 2026. március 26. 15:43\nCímzett: Jo\nTárgy: Re: Az`,
  ),
  headed("Outlook", "it", FORWARD_PARSER, `Da: ${M}\nInviato: giovedì 26 marzo 2026 15:43\nA: Jo\nOggetto: R: Questo`),
  headed(
    "Outlook",
    "nl",
    FORWARD_PARSER,
    `Van: ${M}\nVerzonden: donderdag 26 maart 2026 15:43\nAan: Jo\nOnderwerp: Re: Het`,
  ),
  headed("Outlook", "fr", FORWARD_PARSER, `De : ${M}\nEnvoyé : jeudi 26 mars 2026 15:43\nÀ : Jo\nObjet : RE: Ceci`),
  headed(
    "Outlook",
    "pt",
    FORWARD_PARSER,
    `De: ${M}\nEnviada: quinta-feira, 26 de março de 2026 15:43\nPara: Jo\nAssunto: RE: Isto`,
  ),
  headed("Outlook", "ru", FORWARD_PARSER, `От: ${M}\nОтправлено: 26 марта 2026 г. 15:43\nКому: Jo\nТема: RE: Это`),
  headed(
    "Outlook",
    "tr",
    FORWARD_PARSER,
    `Kimden: ${M}\nGönderildi: 26 Mart 2026 Perşembe 15:43\nKime: Jo\nKonu: Ynt: Bu`,
  ),
  headed("Outlook", "ja", PROGRAM, `差出人: ${M}\n送信日時: 2026年3月26日 15:43\n宛先: Jo\n件名: Re: それ`),
  headed(
    "Outlook",
    "ko",
    PROGRAM,
    `보낸 사람: ${M}\n보낸 날짜: 2026년 3월 26일 목요일 15:43\n받는 사람: Jo\n제목: Re: 그것`,
  ),
  headed("Outlook", "zh-CN", PROGRAM, `发件人: ${M}\n发送时间: 2026年3月26日 15:43\n收件人: Jo\n主题: 回复: 它`),
  headed(
    "GMX",
    "de",
    PROGRAM,
    `Gesendet: Donnerstag, 26. März 2026 um 15:43 Uhr\nVon: ${M}\nAn: jo@example.com\nBetreff: Re: Es`,
  ),
  headed(
    "Samsung",
    "en",
    TRIMMER,
    `-------- Original message --------\nFrom: ${M}\nDate: 26/03/2026 15:43 (GMT+01:00)\nTo: Jo\nSubject: It`,
  ),
  headed("Outlook 2003", "en", REPLY_PARSER, "-----Original Message-----\nFrom: Marta Klein\nSent: Thursday"),
  headed("Outlook 2003", "de", REPLY_PARSER, "-----Ursprüngliche Nachricht-----\nVon: Marta Klein"),
  headed(
    "Proton Mail, 2021",
    "en",
    PROGRAM,
    `‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Thursday, March 26th, 2026 at 3:43 PM, ${M} wrote:`,
  ),
  headed("QQ Mail", "zh-CN", TRIMMER, `------------------ 原始邮件 ------------------\n发件人: ${M}`),
];

const SIGNATURES: readonly ReplyCase[] = [
  signed("any", "en", RFC, "-- \nJo Doe\nExample Ltd, 1 High Street\n\nhttps://example.com"),
  signed("any, its blank lost", "en", RFC, "--\nJo Doe\n+49 30 1234"),
  signed(
    "any, in paragraphs, its blank lost",
    "en",
    HAND,
    "--\nJo Doe | Example Ltd\nTel. 030 1234\n\nThis mail is confidential.",
  ),
  signed(
    "Mailman",
    "en",
    PROGRAM,
    `${QUOTATION}\n\n_______________________________________________\nusers mailing list\nusers@lists.example.com`,
  ),
  signed("a person", "en", REPLY_PARSER, "Kind regards,\n\nJo Doe\nHead of Sales"),
  signed("a person", "de", HAND, "Mit freundlichen Grüßen\nJo Doe"),
  signed("Apple Mail", "en", REPLY_PARSER, "Sent from my iPhone"),
  signed("Apple Mail", "de", TRIMMER, "Von meinem iPhone gesendet"),
  signed("Apple Mail", "fr", TRIMMER, "Envoyé de mon iPhone"),
  signed("Apple Mail", "ja", PROGRAM, "iPhoneから送信"),
  signed("Apple Mail", "tr", PROGRAM, "iPhone'umdan gönderildi"),
  signed("Outlook for iOS", "en", REPLY_PARSER, "Get Outlook for iOS<https://aka.ms/o0ukef>"),
  signed(
    "Proton Mail",
    "en",
    PROGRAM,
    `Sent with Proton Mail secure email.\n\nOn Thursday, March 26th, 2026 at 3:43 PM, ${M} wrote:\n\n${QUOTATION}`,
  ),
  signed(
    "Gmail, a signature above",
    "en",
    RFC,
    `-- \nJo Doe\n\nOn Thu, Mar 26, 2026 at 3:43 PM ${M} wrote:\n\n${QUOTATION}`,
  ),
  signed(
    "Thunderbird, a signature below",
    "en",
    RFC,
    `On 26/03/2026 15:43, Marta Klein wrote:\n${QUOTATION}\n\n-- \nJo Doe`,
  ),
];

const CONTENT: readonly ReplyCase[] = [
  whole("a log between rules", HAND, "Here is the log:\n\n---\nerror: 42\n---\n\nCan you help?"),
  whole("a list between dashes", HAND, "Item A\n--\nItem B costs 5\n\nPlease check both."),
  whole(
    "a log below a rule",
    HAND,
    "Here is the log:\n\n---\nGET https://example.com\nit says that it is not there any more",
  ),
  whole(
    "a text below dashes",
    HAND,
    "First.\n\n--\nSee https://example.com for it\nand tell me what is wrong with it.\n\nJo",
  ),
  whole("a table", HAND, "| a | b |\n----\n| 1 | 2 |\nis that right?"),
  whole("a device in a sentence", HAND, "Hi\nSent from my account I got this error: 500. What now?"),
  whole("a device that is told of", HAND, "I see this:\n\nSent from my iPhone\n\nHow do I switch that off?"),
  whole("a verse", HAND, "As Shakespeare says:\n> To be or not to be\nThat is all."),
  whole("a verse at the end", HAND, "As Shakespeare says:\n> To be or not to be"),
  whole("a closing in the middle", HAND, "Regards,\nis what the form puts below. Can I change it?"),
  whole("a closing in a sentence", REPLY_PARSER, "Give Anna my regards\nand tell her that it works."),
  whole(
    "answers point by point",
    HAND,
    `Hello,\n\nOn Thu, Mar 26, 2026 at 3:43 PM ${M} wrote:\n> Which version?\n5.2.\n> Which system?\nLinux.`,
  ),
  whole("answers point by point, the last one missing", HAND, "> Which version?\n5.2.\n> Which system?"),
  whole(
    "headers that are asked about",
    HAND,
    "The header was\n\nFrom: a@b.example\nTo: c@d.example\nSubject: test\n\nWhy did it bounce?",
  ),
  whole("an answer below", HAND, `On 26/03/2026 15:43, Marta Klein wrote:\n> Which version?\n\n5.2, on Linux.`),
  whole(
    "Gmail, handed on",
    FORWARD_PARSER,
    `See what she says.\n\n---------- Forwarded message ---------\nFrom: ${M}\nDate: Thu, Mar 26, 2026 at 3:43 PM\nSubject: It\nTo: Jo\n\nIt is broken.\n\n-- \nMarta`,
  ),
  whole(
    "Apple Mail, handed on",
    FORWARD_PARSER,
    `Begin forwarded message:\n\n> From: ${M}\n> Subject: It\n>\n> It is broken.`,
    {},
  ),
  whole(
    "Thunderbird, handed on",
    FORWARD_PARSER,
    `-------- Message transféré --------\nSujet : Ceci\nDate : 26 mars 2026\nDe : ${M}\nPour : Jo\n\nC'est cassé.`,
    { language: "fr" },
  ),
  whole(
    "Outlook, handed on and introduced",
    HAND,
    "Please see below what they wrote me:\n\nFrom: Bob <bob@x.org>\nSent: Thursday, March 26, 2026 3:43 PM\nTo: Jo\nSubject: Order\n\nYour order is late.",
  ),
  whole("a sender alone", HAND, "Please see below what they wrote me\n\nFrom: Bob <bob@x.org>\n\nYour order is late."),
  whole(
    "Outlook, handed on by its subject",
    FORWARD_PARSER,
    `Bitte prüfen.\n\nVon: ${M}\nGesendet: Donnerstag, 26. März 2026 15:43\nAn: Jo\nBetreff: Es\n\nEs geht nicht.`,
    { subject: "WG: Es", language: "de" },
  ),
  whole("a letter that is told of", HAND, "On 12.03.2026 I wrote:\n\nPlease send me a new one.\n\nNobody answered."),
  // Forms and lists, of which none is what a program writes above a history.
  whole(
    "a form",
    HAND,
    "Neue Anfrage\n\nVon: Max Meier\nDatum: 05.05.2024\nBetreff: Heizung\n\nMeine Heizung ist kaputt.",
  ),
  whole("a journey", HAND, "Buenos dias\nDe: Madrid\nFecha: 5 mayo\nPara: Sevilla\n\nMi telefono es 123."),
  whole(
    "an appointment",
    HAND,
    "Hello,\n\nMeeting 10:30 with Ann <ann@example.com>:\nbring your passport.\nThank you.",
  ),
  whole("an order", HAND, "Hello\n\nMy order 2024 [12345]:\n- 2 apples\n- 3 pears"),
  whole("nothing but a quotation", HAND, "> Please sign in again."),
];

const GMAIL = `<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Og Marta &lt;<a href="mailto:support@example.com">support@example.com</a>&gt; vosede<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">Please sign in again.<br>Marta</blockquote></div>`;
const OUTLOOK = `<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>Frob:</b> Marta Klein<br><b>Senk:</b> 26.3.2026</font></div><div>Please sign in again.</div>`;

/** The languages are made up: it is their markup that tells. */
const HTML: readonly ReplyCase[] = [
  {
    ...{ client: "Gmail", language: "none", source: PROGRAM, html: `<div dir="ltr">${ANSWER}</div><br>${GMAIL}` },
    ...{ reply: ANSWER, quoted: "Og Marta <support@example.com> vosede\n\n> Please sign in again.\n> Marta" },
  },
  {
    ...{
      client: "Gmail, with a text",
      language: "none",
      source: PROGRAM,
      html: `<div dir="ltr">${ANSWER}</div><br>${GMAIL}`,
    },
    text: `${ANSWER}\n\nOg Marta <support@example.com> vosede\n\n> Please sign in again.\n> Marta\n`,
    ...{ reply: ANSWER, quoted: "Og Marta <support@example.com> vosede\n\n> Please sign in again.\n> Marta" },
  },
  {
    ...{ client: "Gmail, handed on", language: "en", source: FORWARD_PARSER },
    html: `<div>See this.</div><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: Bob</div>It broke.</div>`,
    ...{ reply: "See this.\n\n---------- Forwarded message ---------\nFrom: Bob\n\nIt broke.", quoted: null },
  },
  {
    ...{ client: "Gmail, point by point", language: "none", source: PROGRAM },
    html: `<div class="gmail_quote"><div class="gmail_attr">Og Marta vosede</div><blockquote class="gmail_quote">Which version?</blockquote><div>5.2</div><blockquote class="gmail_quote">Which system?</blockquote><div>Linux</div></div>`,
    ...{ reply: "Og Marta vosede\n\n> Which version?\n\n5.2\n\n> Which system?\n\nLinux", quoted: null },
  },
  {
    ...{ client: "Outlook on the web", language: "none", source: PROGRAM },
    html: `<div class="elementToProof">${ANSWER}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">${OUTLOOK}`,
    ...{ reply: ANSWER, quoted: "-------------\n\nFrob: Marta Klein\nSenk: 26.3.2026\n\nPlease sign in again." },
  },
  {
    ...{ client: "Outlook on the web, with a text", language: "none", source: PROGRAM },
    html: `<div>${ANSWER}</div><div id="appendonsend"></div>${OUTLOOK}`,
    text: `${ANSWER}\n________________________________\nFrob: Marta Klein\nSenk: 26.3.2026\n\nPlease sign in again.`,
    ...{
      reply: ANSWER,
      quoted: "________________________________\nFrob: Marta Klein\nSenk: 26.3.2026\n\nPlease sign in again.",
    },
  },
  {
    ...{ client: "Outlook for Windows", language: "none", source: PROGRAM },
    html: `<p class="MsoNormal">${ANSWER}</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>Frob:</b> Marta Klein<br><b>Senk:</b> 26.3.2026</p></div></div><p>Please sign in again.</p>`,
    ...{ reply: ANSWER, quoted: "Frob: Marta Klein\nSenk: 26.3.2026\n\nPlease sign in again." },
  },
  {
    ...{ client: "Outlook on the web, which has appended nothing", language: "none", source: HAND },
    html: `<div>My order 2024</div><div id="appendonsend"></div><div>is wrong</div>`,
    ...{ text: "My order 2024\nis wrong", reply: "My order 2024\nis wrong", quoted: null },
  },
  {
    ...{ client: "Outlook for Windows, a frame that somebody drew", language: "none", source: HAND },
    html: `<p>${ANSWER}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p>Footnote: total 5</p></div>`,
    ...{ reply: `${ANSWER}\n\nFootnote: total 5`, quoted: null },
  },
  {
    ...{ client: "Thunderbird", language: "none", source: PROGRAM },
    html: `<p>${ANSWER}</p><div class="moz-cite-prefix">Og 26-3 vosede Marta<br></div><blockquote type="cite" cite="mid:1@example.com"><p>Please sign in again.</p></blockquote>`,
    ...{ reply: ANSWER, quoted: "Og 26-3 vosede Marta\n\n> Please sign in again." },
  },
  {
    ...{ client: "Apple Mail", language: "en", source: PROGRAM },
    html: `${ANSWER}<br><div><br><blockquote type="cite"><div>On 26 Mar 2026, at 15:43, Marta Klein &lt;support@example.com&gt; wrote:</div><br class="Apple-interchange-newline"><div>Please sign in again.</div></blockquote></div>`,
    ...{ reply: ANSWER, quoted: `> On 26 Mar 2026, at 15:43, ${M} wrote:\n\n> Please sign in again.` },
  },
  {
    ...{ client: "Yahoo", language: "none", source: PROGRAM },
    html: `<div class="yahoo-style-wrap"><div>${ANSWER}</div></div><div id="yahoo_quoted_1234" class="yahoo_quoted"><div>Og 26-3, Marta vosede</div><div>Please sign in again.</div></div>`,
    ...{ reply: ANSWER, quoted: "Og 26-3, Marta vosede\n\nPlease sign in again." },
  },
  {
    ...{ client: "Proton Mail", language: "none", source: PROGRAM },
    html: `<div>${ANSWER}</div><div class="protonmail_quote">Og 26-3, Marta vosede<br><br><blockquote class="protonmail_quote" type="cite"><div>Please sign in again.</div></blockquote><br></div>`,
    ...{ reply: ANSWER, quoted: "Og 26-3, Marta vosede\n\n> Please sign in again." },
  },
  {
    ...{
      client: "a person, quoting",
      language: "en",
      source: HAND,
      html: "<p>He says:</p><blockquote>To be.</blockquote>",
    },
    ...{ reply: "He says:\n\nTo be.", quoted: null },
  },
  {
    ...{ client: "an empty text", language: "en", source: HAND, text: " \r\n", html: "<p>Yes.</p>" },
    ...{ reply: "Yes.", quoted: null },
  },
];

export const REPLY_CASES: readonly ReplyCase[] = [...ATTRIBUTIONS, ...BLOCKS, ...SIGNATURES, ...CONTENT, ...HTML];
