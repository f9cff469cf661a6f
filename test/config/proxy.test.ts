import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { loadConfig, readEnvironment } from "../../src/config/config.ts";

const KEYS = {
  KELIO_PRIVATE_KEY: "0f1e2d3c-1a12-423a-a123-12a34b5c0000",
  KELIO_SECRET_KEY: "Zq8sWm2nKd4RtYv6BxPc1LhG",
};
const PROXY = "http://proxy.example.org:3128";
const proxyOf = (env: Record<string, string>) => loadConfig({ ...KEYS, ...env }, { keys: true }).api.proxy;

afterEach(() => vi.unstubAllEnvs());

async function directoryWith(env: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "applicant-sync-proxy-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, ".env"), env);
  return directory;
}

describe("the proxy to the API", () => {
  test("is that of HTTPS_PROXY, else that of HTTP_PROXY, also without a scheme", () => {
    expect(proxyOf({ HTTPS_PROXY: PROXY, HTTP_PROXY: "other:80" })).toEqual({ url: PROXY, setting: "HTTPS_PROXY" });
    expect(proxyOf({ HTTP_PROXY: "proxy.example.org:3128" })).toEqual({ url: PROXY, setting: "HTTP_PROXY" });
    expect(proxyOf({})).toBeNull();
  });

  test.each([
    "sandbox.talentview.fr",
    ".talentview.fr",
    "*.talentview.fr",
    "intranet.example.org, TALENTVIEW.FR",
    "localhost 10.0.0.0/8 talentview.fr:443",
    "*",
  ])("is left out for the hosts of NO_PROXY %s", (exceptions) => {
    expect(proxyOf({ HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBeNull();
  });

  test.each(["entview.fr", "api.talentview.fr", "talentview.fr:8443", "talentview", ","])(
    "is used beside NO_PROXY %s",
    (exceptions) => {
      expect(proxyOf({ HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toMatchObject({ url: PROXY });
    },
  );

  test.each([
    ["https://10.1.2.3/v2", "10.0.0.0/8", true],
    ["https://10.1.2.3:8443/v2", "10.1.2.3:8443", true],
    ["https://10.1.2.3/v2", "10.1.2.3/32", true],
    ["https://10.1.2.3/v2", "11.0.0.0/8, 10.0.0.0/33, 10.0.0.0/x, ::/0, 2.3", false],
    ["https://[2001:db8::5]/v2", "2001:DB8:0::5", true],
    ["https://[2001:db8::5]/v2", "[2001:db8::5]", true],
    ["https://[2001:db8::5]:8443/v2", "[2001:db8::5]:8443", true],
    ["https://[2001:db8::5]/v2", "[2001:db8::5]:8443", false],
    ["https://[2001:db8::5]/v2", "2001:db8::/32", true],
    ["https://[2001:db8::5]/v2", "[2001:db8::]/32", true],
    ["https://[2001:db8::5]/v2", "2001:db9::/32 0.0.0.0/0", false],
    ["https://api.example.org./v2", "example.org.", true],
    ["https://münchen.example.org/v2", "MÜNCHEN.example.org", true],
    ["https://api.example.org/v2", "localhost;api.example.org", true],
    ["https://api.example.org/v2", "localhost|api.example.org", true],
  ])("to %s is left out by NO_PROXY %s: %s", (url, exceptions, isLeftOut) => {
    const { origin } = new URL(url);
    const env = { KELIO_API_URL: url, KELIO_AUDIENCE: origin, HTTPS_PROXY: PROXY, NO_PROXY: exceptions };
    expect(proxyOf(env) === null).toBe(isLeftOut);
  });

  test("is not used on this machine, whatever it is", () => {
    const local = { KELIO_API_URL: "http://127.0.0.1:4010/v2", KELIO_AUDIENCE: "http://127.0.0.1:4010" };
    expect(proxyOf({ ...local, HTTP_PROXY: "socks5://127.0.0.1:1080" })).toBeNull();
  });

  test("is read in lower case as well, and the environment goes before .env", async () => {
    const directory = await directoryWith(`https_proxy=${PROXY}\nNO_PROXY=of-the-file.example.org\n`);
    expect(readEnvironment(directory)).toMatchObject({ HTTPS_PROXY: PROXY, NO_PROXY: "of-the-file.example.org" });
    vi.stubEnv("https_proxy", "http://other.example.org:8080");
    vi.stubEnv("no_proxy", "");
    expect(readEnvironment(directory)).toMatchObject({ HTTPS_PROXY: "http://other.example.org:8080", NO_PROXY: "" });
  });
});

test.each([
  ["socks5://proxy.example.org:1080", /SOCKS is not supported/],
  ["http://DOMAIN\\clerk:secret@proxy.example.org:3128", /\\ as %5C/],
  ["http://clerk:se#cret@proxy.example.org:3128", /# as %23/],
  ["http://proxy.example.org/proxy.pac", /host:port of an HTTP proxy/],
  ["http://", /host:port of an HTTP proxy/],
])("a proxy of another form is refused, and its login is not shown", (url, message) => {
  expect(() => proxyOf({ HTTPS_PROXY: url })).toThrow(message);
  expect(() => proxyOf({ HTTPS_PROXY: url })).not.toThrow(/clerk|se#?cret/);
});

describe("NODE_EXTRA_CA_CERTS", () => {
  test("is refused in .env, unless the environment has the same or hides it", async () => {
    const directory = await directoryWith("NODE_EXTRA_CA_CERTS=/etc/ssl/company.pem\n");
    vi.stubEnv("NODE_EXTRA_CA_CERTS", undefined);
    expect(() => readEnvironment(directory)).toThrow(
      /Node reads from the environment alone.*export NODE_EXTRA_CA_CERTS=\/etc/,
    );
    vi.stubEnv("NODE_EXTRA_CA_CERTS", "/etc/ssl/of-the-machine.pem");
    expect(() => readEnvironment(directory)).toThrow(/when it starts \(there it is \/etc\/ssl\/of-the-machine\.pem\)/);
    for (const used of ["/etc/ssl/company.pem", ""]) {
      vi.stubEnv("NODE_EXTRA_CA_CERTS", used);
      expect(readEnvironment(directory)).toMatchObject({ NODE_EXTRA_CA_CERTS: used });
    }
  });

  test("must name a file of certificates in PEM", async () => {
    const directory = await directoryWith("");
    const load = (path: string) => () => loadConfig({ ...KEYS, NODE_EXTRA_CA_CERTS: path }, { keys: false });
    expect(load(join(directory, "missing.pem"))).toThrow(/NODE_EXTRA_CA_CERTS is ".*missing.pem": .*there is none/);
    await writeFile(join(directory, "company.cer"), Buffer.from([0x30, 0x82, 1, 2]));
    expect(load(join(directory, "company.cer"))).toThrow(/openssl x509 -inform der/);
    await writeFile(join(directory, "cut.pem"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    expect(load(join(directory, "cut.pem"))).toThrow(/its first one cannot be read/);
  });
});
