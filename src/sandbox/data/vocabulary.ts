/** The vocabulary of the data. The people are invented and recognisable as such; the companies do not exist. */
import type { AddressRow, SandboxCompany } from "./rows.ts";

type NonEmpty<T> = readonly [T, ...T[]];
type Words = readonly string[];

function listed(text: string): NonEmpty<string> {
  const [first = "", ...others] = text.split(", ");
  return [first, ...others];
}

/** The first owns all seeded data; the second is for partners that send candidates to several companies. */
export const COMPANIES: NonEmpty<SandboxCompany> = [
  { id: 42, slug: "atelier-des-exemples", name: "Atelier des Exemples" },
  { id: 43, slug: "maison-fictive", name: "Maison Fictive" },
];
export const MAIN_COMPANY = COMPANIES[0];

export const ENTITY_NAMES = ["Ateliers du Nord", "Boutiques", "Logistique", "Siège"] as const;
export const UNIT_NAMES = ["Production", "Vente", "Support"] as const;

/** Each with "(H/F)", as French offers have it. */
export const JOB_TITLES = listed(
  "Conseiller de vente, Responsable de boutique, Préparateur de commandes, Cariste, Technicien de maintenance, Comptable, Chargé de recrutement, Gestionnaire de paie, Développeur web, Chef de projet digital, Assistant commercial, Menuisier d'atelier, Couturier, Chauffeur-livreur, Contrôleur de gestion, Alternant communication",
);

export const JOB_TYPES = [
  "Permanent contract",
  "Permanent contract",
  "Permanent contract",
  "Fixed term contract",
  "Fixed term contract",
  "Interim Contract",
  "Professional Contract",
  "Alternating",
  "Freelance",
  "Internship",
] as const;
export const JOB_FIELDS = ["Private Executive", "Supervisor", null, null] as const;
export const WORKING_TIMES = ["Full time", "Full time", "Full time", "Part time", "Half time", "Custom"] as const;
export const VIDEO_HOSTS = ["Youtube", "Vimeo", "Dailymotion", null, null] as const;
export const STAGE_SETS: NonEmpty<Words> = [
  ["abstract", "resume"],
  ["abstract", "agenda", "resume"],
  ["abstract", "video", "survey", "resume"],
  ["abstract", "survey", "pitch", "resume"],
];
export const CHANNELS = ["career_fr", "career_en", "jobboards"] as const;
export const CAMPAIGN_TAGS: NonEmpty<Words> = [[], ["urgent"], ["réseau"], ["urgent", "cooptation"]];

export const SOURCES = ["carriere", "carriere", "carriere", "indeed", "linkedin", "cooptation", "hellowork"] as const;
/** In the order of a recruitment; `rejected` can follow each of the others. */
export const STATUSES = ["new", "interview", "offer", "hired", "rejected"] as const;
export const APPLICATION_TAGS: NonEmpty<Words> = [[], [], ["à rappeler"], ["profil senior"]];
export const SKILLS: NonEmpty<Words> = [[], ["anglais"], ["permis B", "CACES 3"], ["Excel", "relation client"]];
export const POOLS: NonEmpty<Words> = [[], [], [], ["Vivier vente"], ["Vivier atelier"]];
export const COMMENTS = [
  "Disponible sous un mois.",
  "À revoir avec le responsable.",
  "Bon échange au téléphone.",
] as const;

export const FIRST_NAMES = listed(
  "Alix, Anaïs, Bastien, Camille, Chloé, Damien, Élodie, Fabien, Gaëlle, Hugo, Inès, Jérôme, Karim, Léa, Maël, Nadia, Océane, Paul, Quentin, Rémi, Sarah, Théo, Yasmine, Zoé",
);
export const NAME_STEMS = ["Test", "Fict", "Exempl", "Model", "Imagin", "Invent", "Essay", "Pseudonym"] as const;
export const NAME_ENDINGS = ["ard", "ier", "eau", "in", "oux", "elle", "and", "ot"] as const;

const address = (zipcode: string, city: string | null, region: string, department: string, at: [number, number]) => ({
  name: [zipcode, city, "France"].filter((part) => part !== null).join(", "),
  lon: at[0],
  lat: at[1],
  street_number: null,
  street: null,
  zipcode,
  city,
  country: "France",
  iso_country: "FR",
  administrative_area_level_1: region,
  administrative_area_level_2: department,
  administrative_area_level_3: null,
});

/** Addresses as in the API (reference 12.2): parts are often null, and of the last only the department is known. */
export const ADDRESSES: NonEmpty<AddressRow> = [
  {
    ...address("75001", "Paris", "Île-de-France", "Paris", [2.3468647, 48.8595699]),
    name: "Rue des Halles, 75001 Paris, France",
    street: "Rue des Halles",
  },
  address("59000", "Lille", "Hauts-de-France", "Nord", [3.057256, 50.62925]),
  address("69002", "Lyon", "Auvergne-Rhône-Alpes", "Rhône", [4.835659, 45.764043]),
  address("13001", "Marseille", "Provence-Alpes-Côte d'Azur", "Bouches-du-Rhône", [5.36978, 43.296482]),
  address("44000", "Nantes", "Pays de la Loire", "Loire-Atlantique", [-1.553621, 47.218371]),
  address("67000", "Strasbourg", "Grand Est", "Bas-Rhin", [7.752111, 48.573405]),
  address("33000", "Bordeaux", "Nouvelle-Aquitaine", "Gironde", [-0.57918, 44.837789]),
  address("54", null, "Grand Est", "Meurthe-et-Moselle", [6.184417, 48.692054]),
];
