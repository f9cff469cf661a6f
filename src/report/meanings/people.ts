/** The views of the schema `report_people`. */
import { text, type View } from "./text.ts";

const person = {
  first_name: text("First name. Null: not known.", "Prénom. Vide : inconnu."),
  last_name: text("Last name. Null: not known.", "Nom. Vide : inconnu."),
  email: text("E-mail. Null: not known.", "Adresse e-mail. Vide : inconnue."),
};

export const PEOPLE_VIEWS: Readonly<Record<string, View>> = {
  applicant: {
    meaning: text("One person in the account.", "Une personne du compte."),
    columns: {
      ...person,
      applicant_id: text("The vendor's id of the person.", "Identifiant de la personne."),
      phone_code: text("Country calling code. Null: not known.", "Indicatif du pays. Vide : inconnu."),
      phone_number: text(
        "Phone number without the calling code. Null: not known.",
        "Téléphone sans l'indicatif. Vide : inconnu.",
      ),
      locale: text("Language: fr, en or es. Null: not known.", "Langue : fr, en ou es. Vide : inconnue."),
    },
  },
  application: {
    meaning: text("One application that exists, with the person.", "Une candidature existante, avec la personne."),
    columns: person,
  },
};
