/** Countries by what people call them, in English and French. */
import { plainWords } from "./comparable.ts";

/** ISO 3166-1, and Kosovo: two letters and three. */
const CODES = `
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR
BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV
CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH
ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ
GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA
JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO
LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS
MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG
PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL
TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT
WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE`;

/** Beside the names of CLDR: what else they are called. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  AE: "uae, eau, emirats, emirates",
  BA: "bosnie, bosnia",
  BN: "brunei darussalam",
  BO: "etat plurinational de bolivie",
  BQ: "bonaire",
  BY: "belarus, bielorussie",
  CC: "cocos islands, iles keeling",
  CD: "rdc, drc, rd congo, dr congo, congo rdc, congo drc, congo rd, congo kinshasa, republique democratique du congo, congo republique democratique du, congo republique democratique, democratic republic of the congo, zaire",
  CF: "rca, centrafrique",
  CG: "congo, congo brazzaville, congo republique du",
  CH: "confederation suisse, helvetie",
  CI: "ivory coast, cote ivoire, rci",
  CN: "rpc, prc, republique populaire de chine, people s republic of china, chine populaire",
  CV: "cabo verde, iles du cap vert",
  CZ: "republique tcheque, czech republic",
  DE: "rfa, republique federale d allemagne, federal republic of germany, deutschland",
  ES: "espana, royaume d espagne",
  FK: "malouines, falklands",
  FM: "etats federes de micronesie",
  FR: "france metropolitaine, metropole, fr metropole, france continentale, republique francaise",
  GB: "uk, grande bretagne, great britain, britain, angleterre, england, ecosse, scotland, pays de galles, wales, irlande du nord, northern ireland, royaume uni de grande bretagne, royaume uni de grande bretagne et d irlande du nord, united kingdom of great britain and northern ireland",
  GF: "guyane",
  GM: "the gambia",
  GN: "guinee conakry",
  GR: "hellas",
  GW: "guinee bissao",
  HK: "hong kong, hongkong",
  IE: "eire",
  IN: "bharat",
  IQ: "iraq",
  IR: "republique islamique d iran, islamic republic of iran",
  KN: "saint kitts et nevis, saint kitts and nevis",
  KP: "rpdc, coree du nord rpdc, republique populaire democratique de coree",
  KR: "coree, korea, republic of korea, republique de coree",
  KG: "kirghizie, kirghizistan",
  LA: "lao, republique democratique populaire lao",
  LC: "saint lucia",
  LK: "ceylan",
  LU: "grand duche de luxembourg, letzebuerg",
  LY: "jamahiriya",
  MD: "republique de moldova",
  MF: "saint martin antilles francaises, st martin",
  MK: "macedoine, macedonia",
  MM: "myanmar, birmanie, burma",
  MO: "macao, macau",
  MU: "ile maurice, iles maurice",
  NL: "hollande, holland, nederland",
  PF: "tahiti",
  PM: "saint pierre et miquelon",
  PS: "palestine, etat de palestine, state of palestine",
  PW: "palau",
  RE: "reunion, ile de la reunion",
  RU: "federation de russie, russian federation",
  SR: "surinam",
  ST: "sao tome",
  SV: "le salvador",
  SY: "republique arabe syrienne, syrian arab republic",
  SZ: "swaziland",
  TL: "timor leste, timor",
  TR: "turkey, turkiye",
  TW: "taiwan, formose, republic of china",
  TZ: "republique unie de tanzanie",
  US: "usa, etats unis d amerique, etats unis amerique, united states of america, amerique, america",
  VA: "vatican, saint siege, holy see, cite du vatican",
  VC: "saint vincent, saint vincent and the grenadines",
  VE: "republique bolivarienne du venezuela",
  VN: "viet nam, vietnam",
  WF: "wallis",
  WS: "samoa occidentales",
};

const ARTICLE =
  /^(l|le|la|les|the|republique (du|de la|de l|des|de|d)|republic of( the)?|royaume (du|de|des|d)|kingdom of( the)?) /;

/** Saint-Martin is St-Martin, `and` is `&`, `R.D.C.` is RDC: by these words names are compared. `N/A` is not Namibia. */
function nameKey(text: string): string {
  // Most cells of a large file hold a code.
  if (/^[a-z]{2,3}$/i.test(text)) return text.toLowerCase();
  return plainWords(text.replaceAll("&", " and ").replaceAll(/(?<!\p{L})(\p{L})\.? ?(?=\p{L}(?!\p{L}))/gu, "$1"))
    .replaceAll(/\brep\b/g, "republique")
    .replaceAll(/\bdem\b/g, "democratique")
    .replaceAll(/\bste\b/g, "sainte")
    .replaceAll(/\bst\b/g, "saint");
}

function createTable(): ReadonlyMap<string, string> {
  const pairs = CODES.trim().split(/\s+/);
  const table = new Map(
    pairs.flatMap((pair) => [pair.slice(0, 2), pair.slice(2)].map((code) => [nameKey(code), pair.slice(0, 2)])),
  );
  for (const language of ["fr", "en"]) {
    const names = new Intl.DisplayNames(language, { type: "region" });
    for (const pair of pairs) {
      const code = pair.slice(0, 2);
      const name = names.of(code) ?? code;
      table.set(nameKey(name), code);
    }
  }
  for (const [code, others] of Object.entries(OTHER_NAMES)) {
    for (const name of others.split(", ")) table.set(nameKey(name), code);
  }
  return table;
}

let byName: ReadonlyMap<string, string> | null = null;

function find(text: string): string | null {
  byName ??= createTable();
  const key = nameKey(text);
  return byName.get(key) ?? byName.get(key.replace(ARTICLE, "")) ?? null;
}

/** The letters of a flag: an alphabet of its own, 127,397 after A to Z. */
const FLAG = /[\u{1f1e6}-\u{1f1ff}]{2}/gu;
const FLAG_OFFSET = 0x1f1a5;

/** `Russie (Fédération de)` is `Fédération de Russie`. */
const NAME_AND_REST = /^([^(,]+)[(,]\s*([^)]+?)\s*\)?$/;

/**
 * The two letters of ISO 3166-1 for a country as people write it: its name in English or French, its code of two or three letters,
 * or both (`Allemagne (DE)`, `FR - France`), whatever the case, accents and signs. Null: none, or two that differ.
 */
export function countryCode(text: string): string | null {
  const written = text.replaceAll(FLAG, (flag) => `${Array.from(flag, letterOf).join("")}/`);
  const [, name = "", rest = ""] = NAME_AND_REST.exec(written) ?? [];
  const whole = find(written) ?? find(`${rest} ${name}`);
  if (whole !== null) return whole;
  const parts = written.split(/[()[\]/|,;:]|\s-\s|-(?=[A-Z]{2,3}$)|(?<=^[A-Z]{2,3})-/u);
  const found = new Set(parts.filter((part) => plainWords(part) !== "").map(find));
  const [only = null] = found;
  return found.size === 1 ? only : null;
}

/** "None" in French sheets: non applicable, communiqué, précisé, renseigné, sans objet; and Royaume-Uni, là, and overseas. */
const SHORT_FORMS: ReadonlySet<string> = new Set("na nc np nr so ru la dom com".split(" "));

/** Whether a cell holds nothing but a code of a country that is also a short form of something else, such as NC or RU. */
export function isShortForm(text: string): boolean {
  return SHORT_FORMS.has(nameKey(text));
}

function letterOf(symbol: string): string {
  return String.fromCodePoint((symbol.codePointAt(0) ?? 0) - FLAG_OFFSET);
}
