/**
 * The words in which servers explain errors, in English and French, and those of the API's own names. What a server says about a request
 * that submitted nothing can name anybody: a list of what is no name is the only one that can be complete.
 */
const KNOWN: ReadonlySet<string> = new Set(
  `
  a about above alg algorithm aud audience claim claims decode exp expiry future iat iss kid malformed mismatch nbf past sub verification verify accept accepted acceptable access account action active address admin administrative after again alert all allowed already also an
  and another any api applicant applicants application applications are area argument arguments array as at attempt attribute auth
  authentication authorisation authorised authorization authorized available avatar bad be bearer because been before being below between bio
  blank blocked body boolean both busy but by cache call called calls campaign campaigns can cannot career certificate challenge change changed
  character characters check city client closed cloudflare code color column comment comments company complete configured conflict connect
  connection contact contains content could country create created credentials csrf current currency data database date deadlock deleted denied
  description detail details did disabled do document does don done down draft duplicate e each email embed empty enabled encoding endpoint entity
  entities entries entry error errors exceed exceeded exception exist exists expected expire expired expires explanation failed failure false
  fatal few field fields file files filter first for forbidden format found from full gateway generated get given gone greater had has have
  header headers history host hour hours html http https id identifier ids if in inactive incorrect index insert insufficient integer internal into invalid ip
  is iso issued issuer it its job json jwt key keys large last later latitude least left legals length less level levels limit limited limits
  list locale locked log logo long longitude mail maintenance manager managers many match maximum may media message messages method minimum
  minute minutes misconfigured missing model moment more most multiple must name names need needed never new newsletter next no none not nothing null
  number object of off offer offers offset ok on one only or order other our out over overloaded own page pages param parameter parameters
  parse part partner password pending per permission permissions permitted phone please pools position possible post present private
  problem processed profile proxy put query queue quota range rate reached read ready realm reason received record records redacted redirect reference
  refused rejected remote removed request requested requests required requires resource resources response restricted result results resume retry
  revoked right route routes row rows salary same scope scopes second seconds secret see sent server servers service session set short should signature
  size skills slow slug some something sorry sort source sql stage stages start state status still stop stopped street string subject such support
  supported suspended syntax system table tags taken team temporarily temporary text than that the their them there these they this throttled time
  timed timeout title to token tokens too transaction true try type unable unauthorised unauthorized unavailable undefined under
  unexpected unique unit units unknown unprocessable unreachable unreadable unsupported until up update updated upstream url us use used user
  users utf valid validation value values verb version very video view violates violation wait was way we web website went were what when where
  which while whole will with within without working wrong www x yet you your zip zipcode zone
  accès accord acceptée accepté adresse annonce application appel appels après attendu attendue attendus au aucun aucune authentification autorisation
  autorisé autorisée autre aux avant avec base c candidat candidate candidats candidature candidatures ce cet cette champ champs chaîne clé clés
  code compte connexion contenu corps corriger d dans date de demande demandes demandée depuis des deux disponible doit doivent donnée données du
  déjà délai dépassé dépassée désactivé effectuer elle en entier entreprise entre erreur erreurs est et eu expirée expiré existant existe existante faute
  fermé fermée fichier fois format gestionnaire identifiant ici il ils inattendue inattendu inconnu inconnue incorrect incorrecte indisponible
  interdit interdite interne introuvable invalide invalides introuvables je jeton jour l la langue le les leur limite liste long lors maximum mauvais
  mauvaise merci message minutes mois moment mot méthode n ne nom nombre non notre nous numéro nul nulle obligatoire offre offres on ou
  page pages par paramètre paramètres pas passe permis permise peu peut plus plusieurs pour prise prénom présent présente problème qu que quelques question qui quota refusé
  refusée refusées requis requise requête requêtes ressource ressources réessayer réessayez réponse sa sans se secondes serveur service session seuls si
  site soit son sont supprimé supprimée sur surchargé suspendu suspendue taille temps ticket tentative tentatives texte tous tout toute trop trouvé
  trouvée type un une utilisateur utilisé utilisée valeur valeurs veuillez vide vos votre vous à échec échoué été être
  `
    .trim()
    .split(/\s+/),
);

/** A text of which every word that is not known, and every number of more than three digits, is cut out. */
export function knownWordsOf(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\p{L}\p{M}\p{N}]+/gu, (word) =>
      KNOWN.has(word.toLowerCase()) || /^\d{1,3}$/.test(word) ? word : "…",
    )
    .replaceAll(/…(?:[^\p{L}\p{N}"]*…)+/gu, "…");
}
