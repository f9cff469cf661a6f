/** NO_PROXY: the hosts that are reached without the proxy, in the spellings that other programs read as well. */
import { BlockList, isIP, isIPv6 } from "node:net";
import { readUrl } from "../platform/url.ts";

/**
 * Whether `list` exempts a host. `*` is every host; a name is that host and those below it, with or without a dot before it, and
 * with `:port` that port alone. A host that is an address matches an address, or a network such as `10.0.0.0/8`; a name is not
 * resolved for that.
 */
export function isExempt(hostname: string, port: string, list: string): boolean {
  const host = canonical(hostname);
  return list.split(/[\s,;|]+/).some((entry) => {
    const [name, only = port] = entryOf(entry.replace(/^\*?\.(?=.)/, ""));
    if (name === "" || only !== port) return false;
    if (name === "*") return true;
    if (isIP(host) !== 0) return isInNetwork(host, name);
    return host === canonical(name) || host.endsWith(`.${canonical(name)}`);
  });
}

/** An IPv6 address has colons of its own: with a port, it stands in brackets. */
function entryOf(entry: string): readonly [name: string, port?: string] {
  if (isIPv6(entry.replace(/\/\d+$/, ""))) return [entry];
  const [, bracketed, plain = "", port] =
    /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(entry.replace(/\](\/\d+)$/, "$1]")) ?? [];
  const name = bracketed ?? plain;
  return port === undefined ? [name] : [name, port];
}

/** In lower case, a name without the dot at its end and in ASCII, an IPv6 address in its one form and without brackets. */
function canonical(host: string): string {
  const url = `http://${isIPv6(host) ? `[${host}]` : host}`;
  return (readUrl(url)?.hostname ?? host.toLowerCase()).replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function isInNetwork(address: string, network: string): boolean {
  const [base = "", bits] = network.split("/");
  const [version, own] = [isIP(base), isIP(address)];
  if (version === 0 || version !== own) return false;
  const most = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : most + 1;
  if (prefix > most) return false;
  const family = version === 6 ? "ipv6" : "ipv4";
  const networks = new BlockList();
  networks.addSubnet(base, prefix, family);
  return networks.check(address, family);
}
