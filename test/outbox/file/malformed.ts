/** Files that are not as they should be, as data. A case stands between two good lines, unless it is a whole file. */
export type Expected =
  /** The file is refused as a whole, by the code of its error (exit code 2). */
  | { readonly refused: string }
  /** `line field reason` of each fault, every other line is accepted (exit code 1); none: nothing is wrong (0). */
  | { readonly faults: readonly string[]; readonly accepted?: readonly string[] };

export interface Case {
  readonly name: string;
  readonly kind?: "customer" | "jobboard";
  readonly extension?: ".csv" | ".jsonl";
  /** The bytes of the file, whole. */
  readonly file: string | Buffer;
  readonly expected: Expected;
}

const FIRST = "first@example.org";
const LAST = "last@example.org";
const AROUND = [FIRST, LAST];

/** A line of `email;first_name;phone;consent_at;campaign_id;company_id;alert` between two good ones. */
function line(name: string, text: string, ...faults: readonly string[]): Case {
  const file = `email;first_name;phone\n${FIRST};Léa;\n${text}\n${LAST};Noé;\n`;
  return { name, file, expected: { faults: faults.map((fault) => `3 ${fault}`), accepted: AROUND } };
}

/** A cell of a column beside the e-mail. */
function cell(name: string, column: string, text: string, reason: string, kind: Case["kind"] = "jobboard"): Case {
  const file = `email;${column};company_id\n${FIRST};;42\nbad@example.org;${text};42\n${LAST};;42\n`;
  return { name, kind, file, expected: { faults: [`3 ${column} ${reason}`], accepted: AROUND } };
}

function email(name: string, address: string, reason = "must be an e-mail address"): Case {
  return line(name, `${address};Zoé;`, `email ${reason}`);
}

function json(name: string, text: string, ...faults: readonly string[]): Case {
  const file = `{"email":"${FIRST}"}\n${text}\n{"email":"${LAST}"}\n`;
  return {
    name,
    extension: ".jsonl",
    file,
    expected: { faults: faults.map((fault) => `2 ${fault}`), accepted: AROUND },
  };
}

function whole(name: string, file: string | Buffer, refused: string, extension: Case["extension"] = ".csv"): Case {
  return { name, file, extension, expected: { refused } };
}

function good(name: string, file: string | Buffer, accepted: readonly string[] = AROUND): Case {
  return { name, file, expected: { faults: [], accepted } };
}

const TWO = `email;prénom\n${FIRST};Léa\n${LAST};Noé\n`;
const beginning = (...bytes: readonly number[]) => Buffer.concat([Buffer.from(bytes), Buffer.from(TWO)]);
const bigEndian = (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16();
const PHONE = "must be a phone number that exists, such as +33 6 42 42 42 42";
const OPEN = "line opens a quotation mark that nothing closes";
const MOMENT = "must be a date and time such as 2026-11-24T10:00:00Z";

export const CASES: readonly Case[] = [
  // Encodings: nothing is wrong with these.
  good("UTF-8", TWO),
  good("UTF-8 with a byte order mark", `\uFEFF${TWO}`),
  good("UTF-16, little end first", Buffer.from(`\uFEFF${TWO}`, "utf16le")),
  good("UTF-16, big end first", bigEndian(TWO)),
  good("Windows-1252", Buffer.from(TWO, "latin1")),
  good("UTF-16 without a mark", Buffer.from(TWO, "utf16le")),
  whole("zeros between the letters of its header", "em\0ail\0;nom\n", "no_header"),
  {
    name: "a broken byte in a file of UTF-8",
    file: Buffer.concat([
      Buffer.from(`email;prénom\n${FIRST};Léa\nbad@example.org;Zo`),
      Buffer.from([0xe9]),
      Buffer.from(`\n${LAST};Noé\n`),
    ]),
    expected: {
      faults: [
        "3 first_name holds a character that was lost (\uFFFD): bytes that are no UTF-8, or an earlier conversion",
      ],
      accepted: AROUND,
    },
  },

  // Ends of lines, delimiters, blank rows.
  good("lines that end with CR LF", TWO.replaceAll("\n", "\r\n")),
  good("lines that end with CR alone", TWO.replaceAll("\n", "\r")),
  good("no end behind the last line", TWO.trimEnd()),
  good("commas", TWO.replaceAll(";", ",")),
  good("tabs", TWO.replaceAll(";", "\t")),
  good("a delimiter that Excel wrote", `sep=;\r\n${TWO}`),
  good("blank lines and rows of empty cells", `\n${TWO}\n;\n ; \n`),
  good("empty cells behind a row", `email;nom\n${FIRST};x;;;\n${LAST};y;\n`),
  good("a cell over several lines, with blank ones", `email;nom\n${FIRST};"a\n\n\nb"\n${LAST};"c;d ""e"""\n`),
  good("a table with a header and no row", "email;nom\n", []),

  // The file as a whole.
  whole("no byte at all", "", "empty_file"),
  whole("nothing but blank lines", "\n\n\n", "empty_file"),
  whole("no byte at all, as JSONL", "", "empty_file", ".jsonl"),
  whole("no column for the e-mail", "nom;prénom\nMartin;Léa\n", "no_email_column"),
  whole("no header, but people at once", `${FIRST};Léa\n${LAST};Noé\n`, "no_email_column"),
  whole("two columns for the e-mail", `email;courriel\n${FIRST};${LAST}\n`, "doubled_column"),
  whole("the same column twice", `email;nom;Nom\n${FIRST};a;b\n`, "doubled_column"),
  whole("the same phone twice", `email;Téléphone;telephone\n${FIRST};;\n`, "doubled_column"),
  whole("a phone and the number of another", `email;phone_code;phone_number;numéro\n${FIRST};;;\n`, "doubled_column"),
  whole("a quotation mark astray in the header", `email;"nom\n${FIRST};a\n`, "no_header"),
  whole("a workbook", beginning(0x50, 0x4b, 3, 4), "not_text"),
  whole("a workbook of an old Office", beginning(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), "not_text"),
  whole("a PDF", beginning(...Buffer.from("%PDF-1.7\n%"), 0xe2, 0xe3, 0xcf, 0xd3), "not_text"),
  whole("a picture", beginning(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 8, 6, 3, 0, 0xff, 1), "not_text"),
  whole("bytes of any kind", Buffer.from(Array.from({ length: 2_000 }, (_, n) => (n * 167 + 41) % 256)), "not_text"),

  // Quotation marks and ragged rows.
  line("a quotation mark that nothing closes", `"bad@example.org;Zoé;`, OPEN),
  line(
    "a quotation mark that the next quoted cell seems to close",
    `"bad@example.org;Zoé;\nx@example.org;"Max";`,
    OPEN,
  ),
  line(
    "a quotation mark inside a cell",
    `bad@example.org;Zo"é;`,
    "line has a quotation mark inside a cell: write it twice, and one before and after the cell",
  ),
  line(
    "a quotation mark inside a quoted cell",
    `bad@example.org;"Zo"é";`,
    "line has a quotation mark inside a quoted cell: write it twice",
  ),
  line("a row that is too short", "bad@example.org", "line has 1 cells where the header has 3"),
  line("a row that is too long", "bad@example.org;a;;c", "line has 4 cells where the header has 3"),
  line("a cell that is too long", `bad@example.org;${"x".repeat(300)};`, "first_name must have at most 200 characters"),
  line(
    "a line of 10 MB",
    `bad@example.org;${"x".repeat(10_000_000)};`,
    "line is longer than 1,000,000 characters: it is left out",
  ),
  line("NUL bytes", "bad@example.org;Zo\0é;", "first_name must not hold control characters"),
  line("a CR inside a line", "bad@example.org;Zo\ré;", "first_name must not hold control characters"),
  line(
    "a cell that a spreadsheet would run",
    "bad@example.org;=HYPERLINK(1);",
    "first_name looks like a formula of a spreadsheet, not like a name",
  ),
  line(
    "such a cell behind an apostrophe",
    "bad@example.org;'@SUM(1);",
    "first_name looks like a formula of a spreadsheet, not like a name",
  ),

  // E-mail addresses.
  email("no address", "", "is needed"),
  email("an address without @", "bad"),
  email("an address with two @", "bad@@example.org"),
  email("an address with a space", "bad person@example.org"),
  email(
    "an address with a name before it, and nothing between",
    "Zoé zoe@example.org",
    "must have plain letters before the @: the API is not known to accept others",
  ),
  email(
    "letters beyond ASCII before the @",
    "zoé@example.org",
    "must have plain letters before the @: the API is not known to accept others",
  ),
  email("an address that is too long", `${"x".repeat(250)}@example.org`, "must have at most 254 characters"),
  email("a domain that is none", "bad@example..org"),
  good("a domain beyond ASCII", `email\nlea@bücher.example\n`, ["lea@xn--bcher-kva.example"]),

  // Values of other fields.
  cell("a phone of words", "phone", "call me", PHONE),
  cell(
    "a phone without its country",
    "phone",
    "0642424242",
    "needs its country: write +33…, or give phone_code or iso_country",
  ),
  cell("a phone of three digits", "phone", "+33123", PHONE),
  cell("the 31st of February", "consent_at", "2026-02-31", MOMENT),
  cell("a date with its month first", "consent_at", "11/24/2025", MOMENT),
  cell("the 31st of February as the French write it", "consent_at", "31/02/2025", MOMENT),
  good("dates as the French write them", `email;consent_at\n${FIRST};24/11/2025\n${LAST};1/2/2025\n`),
  cell("a date that is to come", "consent_at", "2999-01-01", "lies in the future"),
  cell("a date long gone", "consent_at", "1899-12-31", "lies before the year 2000"),
  cell("a boolean in other words", "is_campaign_alert_active", "peut-être", "must be true or false"),
  cell("an offer that is no number", "campaign_id", "X12", "must be a whole number above 0"),
  cell("a site that is no URL", "bio_url", "javascript:alert(1)", "must be a http(s) URL"),
  good("a language that the API has not", `email;langue\n${FIRST};Allemand\n${LAST};Français\n`),
  good("countries by their names", `email;pays\n${FIRST};France\n${LAST};Atlantide\n`),
  {
    name: "a company in a customer's file",
    kind: "customer",
    file: `email;company_id\n${FIRST};\nbad@example.org;42\n${LAST};\n`,
    expected: {
      faults: ["3 company_id is for jobboard accounts: a customer's key is for its own company"],
      accepted: AROUND,
    },
  },
  {
    name: "an offer in a customer's file",
    kind: "customer",
    file: `email;offre\n${FIRST};\nbad@example.org;42\n${LAST};\n`,
    expected: {
      faults: ["3 campaign_id is for jobboard accounts: the API offers a customer no creation of applications"],
      accepted: AROUND,
    },
  },
  line(
    "several faults in one line",
    "bad;=1+1;x",
    "email must be an e-mail address",
    "first_name looks like a formula of a spreadsheet, not like a name",
  ),

  // JSONL.
  json("JSON that breaks off", `{"email": "bad@exam`, "line is not JSON"),
  json("an array", `[{"email": "bad@example.org"}]`, `line must be an object, such as {"email": …}`),
  json("a text", `"bad@example.org"`, `line must be an object, such as {"email": …}`),
  json("null", "null", `line must be an object, such as {"email": …}`),
  json(
    "a field of another name",
    `{"email":"bad@example.org","frist_name":"Zoé"}`,
    "frist_name is not a field of an import",
  ),
  json("a number for a name's object", `{"email":"bad@example.org","first_name":{"a":1}}`, "first_name must be text"),
  json("a list for the e-mail", `{"email":["bad@example.org"]}`, "email is needed"),
  json(
    "a number for a flag's word",
    `{"email":"bad@example.org","is_campaign_alert_active":2}`,
    "is_campaign_alert_active must be true or false",
  ),
  json(
    "half a character",
    `{"email":"bad@example.org","first_name":"\\ud83d"}`,
    "first_name must hold whole characters",
  ),
  json(
    "a CV that is no path",
    `{"email":"bad@example.org","resume":{"base64":"JVBE"}}`,
    "resume must be the path of a file",
  ),
  json(
    "a line of 10 MB",
    `{"email":"bad@example.org","first_name":"${"x".repeat(10_000_000)}"}`,
    "line is longer than 1,000,000 characters: it is left out",
  ),
];
