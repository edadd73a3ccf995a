import { mkdtempSync, rmSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askUntilAgreed } from '../../apps/dns-switcher/src/authoritative-answers.js';
import { GatheredNameProvider } from '../../apps/dns-switcher/src/gathered.name-provider.js';
import { recordChange, type NameStep, type SeenName } from '../../apps/dns-switcher/src/name-change.js';
import { NameServer } from '../../apps/dns-switcher/src/name-server.js';
import { Rfc2136NameProvider } from '../../apps/dns-switcher/src/rfc2136.name-provider.js';
import { setsOf } from '../../apps/dns-switcher/src/target-sets.js';
import { UPDATE_BYTES_MAX, UPDATE_START_BYTES } from '../../apps/dns-switcher/src/update-message.js';
import { epoch, type AddressTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { Bind, FREE_NAMES, KEY, ZONE } from '../support/bind.js';
import { freePort, onFreePorts } from '../support/free-port.js';
import { Nsupdate, nsupdateScript } from '../support/nsupdate.js';
import { Unbound } from '../support/unbound.js';
import { BenchError } from './bench-error.js';

const OWNER = { installation: 'bench', group: 'orders' };
const TTL_SECONDS = 1;
const ENOUGH_MS = 120_000;
/** As the dns-switcher asks. */
const ASK = { attemptTimeoutMs: 5_000, pollMs: 25 };
const RESOLVER_POLL_MS = 20;
const clock = new SystemClock();
const random = new SystemRandom();
const enough = (): AbortSignal => AbortSignal.timeout(ENOUGH_MS);

/** A hidden primary, two secondaries that it tells of changes, and a resolver that asks those. */
export class DnsStage {
  private targets = 0;

  private constructor(
    private readonly ports: {
      readonly primary: number;
      readonly secondaries: readonly number[];
      readonly resolver: number;
    },
    private readonly parts: readonly { end(): Promise<void> }[],
    private readonly client: Nsupdate,
    private readonly directory: string,
  ) {}

  static async set(): Promise<DnsStage> {
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-dns-'));
    return onFreePorts(async () => {
      const ports = {
        primary: await freePort(),
        secondaries: [await freePort(), await freePort()],
        resolver: await freePort(),
      };
      const folder = (name: string) => join(directory, name);
      const primary = await Bind.start({
        directory: folder('primary'),
        port: ports.primary,
        notify: ports.secondaries,
      });
      const secondaries = await Promise.all(
        ports.secondaries.map((port) => Bind.start({ directory: folder(`at-${port}`), port, primary: ports.primary })),
      );
      const resolver = await Unbound.start({
        directory: folder('resolver'),
        port: ports.resolver,
        zone: ZONE,
        servers: ports.secondaries,
      });
      const client = await Nsupdate.start();
      return new DnsStage(ports, [primary, ...secondaries, resolver, client], client, directory);
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.end()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** As a process that was just started: it has asked nobody yet. */
  provider(): Rfc2136NameProvider {
    return new Rfc2136NameProvider(ZONE, {
      primary: new NameServer({ host: '127.0.0.1', port: this.ports.primary }, clock, random, KEY),
      secondaries: this.ports.secondaries.map((port) => new NameServer({ host: '127.0.0.1', port }, clock, random)),
    });
  }

  names(count: number): readonly string[] {
    return Array.from({ length: count }, (_, n) => `k${n}.of-${count}.${FREE_NAMES}`);
  }

  nextTarget(): AddressTarget {
    this.targets += 1;
    return { addresses: [`192.0.2.${(this.targets % 250) + 1}`], ttlSeconds: TTL_SECONDS };
  }

  look(provider: Rfc2136NameProvider, names: readonly string[]): Promise<readonly SeenName[]> {
    return provider.read(names, enough());
  }

  steps(seen: readonly SeenName[], target: AddressTarget): readonly NameStep[] {
    return seen.map((each) => ({
      seen: each,
      sets: setsOf(each.name, target, {}, each.sets),
      stamp: { epoch: epoch(each.stamp.epoch + 1), owner: OWNER },
    }));
  }

  /** A step for each name, as a run has them. Ends when all of them are applied. */
  async apply(provider: Rfc2136NameProvider, steps: readonly NameStep[]): Promise<void> {
    const gathered = new GatheredNameProvider(provider, {
      callTimeoutMs: ENOUGH_MS,
      sizeOf: (step) => provider.sizeOf(step),
      sizeMax: UPDATE_BYTES_MAX - UPDATE_START_BYTES,
    });
    const applied = await Promise.all(steps.map((step) => gathered.apply({ names: [step] }, enough())));
    const other = applied.find(({ outcome }) => outcome !== 'applied');
    if (other) throw new BenchError(`an update of the bench ended with ${JSON.stringify(other)}`);
  }

  /** What BIND's own client is to send: the same records and prerequisites, in as many messages as they need. */
  script(provider: Rfc2136NameProvider, steps: readonly NameStep[]): string {
    const messages: NameStep[][] = [[]];
    let size = UPDATE_START_BYTES;
    for (const step of steps) {
      const own = provider.sizeOf(step);
      if (size + own > UPDATE_BYTES_MAX) {
        messages.push([]);
        size = UPDATE_START_BYTES;
      }
      messages.at(-1)!.push(step);
      size += own;
    }
    const options = { port: this.ports.primary, compares: true };
    return messages.map((names) => nsupdateScript(recordChange({ names }), options)).join('\n');
  }

  async applyByNsupdate(script: string): Promise<void> {
    const said = await this.client.send(script);
    if (said !== 'done') throw new BenchError(`nsupdate said ${said}`);
  }

  /** Ends when every authoritative server gives the new answer for every name, as the dns-switcher looks at it. */
  async agreed(provider: Rfc2136NameProvider, names: readonly string[], target: AddressTarget): Promise<void> {
    const authorities = await provider.authorities();
    const asked = await Promise.all(
      names.map((name) => askUntilAgreed(authorities, { name, shape: {}, target }, ASK, clock, enough())),
    );
    if (!asked.every(({ holds }) => holds)) throw new BenchError('the name servers never agreed');
  }

  /** The resolver knows these names, from now until their TTL is over. */
  async warm(names: readonly string[]): Promise<void> {
    await this.ask(names);
  }

  /** Ends when the resolver gives the new answer for every name. */
  async resolved(names: readonly string[], target: AddressTarget): Promise<void> {
    let left = names;
    for (const limit = enough(); left.length > 0; await clock.sleep(RESOLVER_POLL_MS)) {
      if (limit.aborted) throw new BenchError(`the resolver still has old answers for ${left.length} names`);
      const answers = await this.ask(left);
      left = left.filter((_, index) => answers[index]!.join() !== target.addresses.join());
    }
  }

  private ask(names: readonly string[]): Promise<readonly (readonly string[])[]> {
    const resolver = new Resolver({ timeout: 2_000, tries: 4 });
    resolver.setServers([`127.0.0.1:${this.ports.resolver}`]);
    return Promise.all(names.map((name) => resolver.resolve4(name).catch(() => [])));
  }
}
