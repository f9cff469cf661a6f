import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { importPeople } from "../support/imports.ts";
import { lead } from "../support/outbox.ts";
import { openWorld } from "../support/world.ts";

/** English words that no sentence of ours in French has. */
const ENGLISH =
  /\b(the|and|of|is|are|was|nothing|wait|waits|lines|columns|imports? (changed|held)|nobody|by hand|why|when|state|changed|submitted)\b/i;
const FR = { LANGUAGE: "fr" };

describe("with LANGUAGE=fr", () => {
  it("the report of import, of a dry run and of what is wrong with a file is in French", async () => {
    const world = await openWorld({ env: FR });
    const directory = await mkdtemp(join(tmpdir(), "applicant-sync-french-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, "gens.csv");
    await writeFile(
      path,
      "Courriel;Prénom;Nom;Langue;Couleur;Accord du candidat\nlea@example.org;Léa;Martin;Klingon;bleu;oui\nzoe;Zoé;Petit;fr;vert;non\n",
    );
    const dryRun = await world.run(["import", path, "--dry-run", "--without-offers"]);
    expect(dryRun.stdout).toMatch(/Rien n'a été écrit\. Lignes du fichier : 2, dont :/);
    expect(dryRun.stdout).toMatch(/Colonnes inconnues, ignorées : Couleur\./);
    expect(dryRun.stdout).toMatch(/Lignes refusées : 1\./);
    const done = await world.run(["import", path, "--without-offers", "--errors", join(directory, "refus.csv")]);
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(
      /Lignes : 2\. Nouvelles : 1\. Déjà connues ou répétées dans le fichier : 0\. Refusées : 1\./,
    );
    expect(done.stdout).toMatch(/1 suspendu : il indique l'accord de la personne/);
    expect(await readFile(join(directory, "refus.csv"), "utf8")).toMatch(/ligne 3 : /);
    for (const { stdout } of [dryRun, done])
      expect(stdout.replaceAll(directory, "").replaceAll(/applicant-sync .*/g, "")).not.toMatch(ENGLISH);

    const wrong = async (content: string, ...options: string[]) => {
      await writeFile(path, content, "latin1");
      const { code, stderr } = await world.run(["import", path, ...options]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await wrong("Prénom;Nom\nLéa;Martin\n")).toMatch(/n'a pas de colonne pour l'adresse e-mail/);
    expect(await wrong("Courriel;E-mail\na@example.org;b@example.org\n")).toMatch(/contiennent toutes email/);
    expect(await wrong("")).toMatch(/est vide/);
    expect(await wrong("Courriel\n", "--encoding", "klingon")).toMatch(/--encoding klingon est inconnu/);
    expect(await wrong("Courriel\n", "--map", "Société=nope")).toMatch(/il n'y a pas de champ nope/);
    expect(await wrong("Courriel\n", "--country", "Nulle part")).toMatch(/est inconnu/);
  });

  it("imports list and show, and what people decide, are in French; JSON keeps its keys and has both texts", async () => {
    const world = await openWorld({ env: FR });
    const [one, other] = await importPeople(world, [
      { email: "lea@example.org", source: "careers" },
      { email: "noe@example.org", source: "careers" },
    ]);
    const [a, b] = [String(one?.id), String(other?.id)];
    await lead(world, other?.id ?? 0n, ["rejected"]);
    const held = await world.run(["imports", "hold", a, b, "--reason", "mauvaises offres"]);
    expect(held.code).toBe(1);
    expect(held.stdout).toMatch(`Import ${a} : il est suspendu.`);
    expect(held.stdout).toMatch(/rien n'a été fait : son état est rejected : on ne peut suspendre que/);
    expect(held.stdout).toMatch(/Imports modifiés : 1 sur 2\./);
    const list = await world.run(["imports", "list"]);
    expect(list.stdout).toMatch(/^Imports : 1 held, 1 rejected\.[^]*import +état +motif +clé/);
    const shown = await world.run(["imports", "show", a]);
    expect(shown.stdout).toMatch(/motif +Une personne l'a suspendu : mauvaises offres/);
    expect(shown.stdout).toMatch(/quand +étape +état +motif/);
    expect(shown.stdout).toMatch(/candidat +ready → held +Une personne l'a suspendu : mauvaises offres/);
    const all = await world.run(["imports", "release", "--source", "careers"]);
    expect(all.stdout).toMatch(/Imports de la source « careers » qui peuvent être envoyés : 1\./);
    const stopped = await world.run(["imports", "hold", "--all"]);
    expect(stopped.stdout).toMatch(
      /Tout est suspendu : plus rien n'est envoyé\. Imports prêts qui sont suspendus : 1\./,
    );
    const closed = await world.run(["imports", "list"]);
    expect(closed.stdout).toMatch(/Rien n'est envoyé en ce moment\. Les imports sont suspendus\. Pour les libérer : /);
    const open = await world.run(["imports", "release", "--all"]);
    expect(open.stdout).toMatch(/Les envois reprennent\./);
    for (const { stdout } of [held, list, shown, all, stopped, closed, open]) {
      expect(stdout.replaceAll(/applicant-sync .*/g, "")).not.toMatch(ENGLISH);
    }
    const json = await world.run(["imports", "retry", b, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      imports: [{ id: b, isDone: true, message: expect.any(String), french: expect.any(String) }],
      moved: 1,
    });
    const missing = await world.run(["imports", "show", "nope"]);
    expect(missing.stderr).toMatch(/n'a pas d'import nope/);
  });
});
