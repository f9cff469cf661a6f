import type { AddressRow } from "./rows.ts";

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

/** Addresses as the API gives them (reference 12.2): parts are often null, and once only a department is known. */
export const ADDRESSES: readonly [AddressRow, ...AddressRow[]] = [
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
