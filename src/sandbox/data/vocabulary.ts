/** Words that the data is made of. The persons are invented, and look it; the companies and workplaces do not exist. */
import type { SandboxCompany } from "./rows.ts";

type NonEmpty<T> = readonly [T, ...T[]];
type Words = readonly string[];

/** The first one owns all seeded data; the second is there for partners that send candidates to several companies. */
export const COMPANIES: NonEmpty<SandboxCompany> = [
  { id: 42, slug: "atelier-des-exemples", name: "Atelier des Exemples" },
  { id: 43, slug: "maison-fictive", name: "Maison Fictive" },
];
export const MAIN_COMPANY = COMPANIES[0];

export const ENTITY_NAMES = ["Ateliers du Nord", "Boutiques", "Logistique", "Siège"] as const;
export const UNIT_NAMES = ["Production", "Vente", "Support"] as const;

export const JOB_TITLES = [
  "Conseiller de vente (H/F)",
  "Responsable de boutique (H/F)",
  "Préparateur de commandes (H/F)",
  "Cariste (H/F)",
  "Technicien de maintenance (H/F)",
  "Comptable (H/F)",
  "Chargé de recrutement (H/F)",
  "Gestionnaire de paie (H/F)",
  "Développeur web (H/F)",
  "Chef de projet digital (H/F)",
  "Assistant commercial (H/F)",
  "Menuisier d'atelier (H/F)",
  "Couturier (H/F)",
  "Chauffeur-livreur (H/F)",
  "Contrôleur de gestion (H/F)",
  "Alternant communication (H/F)",
] as const;

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
/** In the order of a recruitment; the last is reachable from each of the others. */
export const STATUSES = ["new", "interview", "offer", "hired", "rejected"] as const;
export const APPLICATION_TAGS: NonEmpty<Words> = [[], [], ["à rappeler"], ["profil senior"]];
export const SKILLS: NonEmpty<Words> = [[], ["anglais"], ["permis B", "CACES 3"], ["Excel", "relation client"]];
export const POOLS: NonEmpty<Words> = [[], [], [], ["Vivier vente"], ["Vivier atelier"]];
export const COMMENTS = [
  "Disponible sous un mois.",
  "À revoir avec le responsable.",
  "Bon échange au téléphone.",
] as const;

export const FIRST_NAMES = [
  "Alix",
  "Anaïs",
  "Bastien",
  "Camille",
  "Chloé",
  "Damien",
  "Élodie",
  "Fabien",
  "Gaëlle",
  "Hugo",
  "Inès",
  "Jérôme",
  "Karim",
  "Léa",
  "Maël",
  "Nadia",
  "Océane",
  "Paul",
  "Quentin",
  "Rémi",
  "Sarah",
  "Théo",
  "Yasmine",
  "Zoé",
] as const;
export const NAME_STEMS = ["Test", "Fict", "Exempl", "Model", "Imagin", "Invent", "Essay", "Pseudonym"] as const;
export const NAME_ENDINGS = ["ard", "ier", "eau", "in", "oux", "elle", "and", "ot"] as const;
