import { Ledger, type KafkaSite } from '../../demo/ledger.js';
import type { Login } from '../../demo/kafka-login.js';
import { SequenceProducer } from '../../demo/producer.js';
import { clock } from '../../lab/condition.js';
import { kroxylicious } from '../../lab/kroxylicious.js';
import { accepts } from '../../lab/part.js';
import type { RunDirectory } from '../../lab/run-directory.js';
import { ChildPart } from '../child-part.js';
import type { Containers, Mounts } from './kubelet-stand-in.js';

const AGAIN_MS = 200;

export interface ProxiedClientsOptions {
  readonly run: RunDirectory;
  readonly topic: string;
  readonly login: Login;
  /** Where the proxy listens in every pod, and the only thing that a client is told. */
  readonly proxy: { readonly host: string; readonly port: number };
  /** The ConfigMap, and the key in it, that a proxy reads. */
  readonly map: string;
  readonly key: string;
  /** The site whose address stands in a text. */
  readonly siteIn: (text: string) => KafkaSite;
}

interface Pod {
  readonly proxy: ChildPart;
  readonly leaves: AbortController;
  readonly client: Promise<void>;
}

/** Pods of two containers: a real proxy, by the file that is mounted, and a client that knows nothing but the proxy. */
export class ProxiedClients implements Containers {
  readonly ledger = new Ledger();
  /** By the pods in the order of their starts: where each of them led. */
  readonly led: KafkaSite[] = [];
  readonly #pods = new Map<string, Pod>();

  constructor(private readonly options: ProxiedClientsOptions) {}

  async start(name: string, mounts: Mounts): Promise<void> {
    const { run, proxy: at, map, key, siteIn } = this.options;
    const text = mounts[map]?.[key] ?? '';
    const file = run.write(text, `${name}.yaml`);
    const { file: command, args } = kroxylicious(run, name, file);
    const proxy = ChildPart.start(command, args);
    await proxy.ready(() =>
      accepts(at.host, at.port).then(
        () => true,
        () => false,
      ),
    );
    const leaves = new AbortController();
    const site = siteIn(text);
    this.led.push(site);
    this.#pods.set(name, { proxy, leaves, client: this.#produce(name, site, leaves.signal) });
  }

  async stop(name: string): Promise<void> {
    const pod = this.#pods.get(name);
    if (!pod) return;
    this.#pods.delete(name);
    pod.leaves.abort();
    await pod.client;
    await pod.proxy.kill();
  }

  async stopAll(): Promise<void> {
    for (const name of this.#pods.keys()) await this.stop(name);
  }

  /** Goes on whatever happens, as an application does. */
  async #produce(name: string, site: KafkaSite, leaves: AbortSignal): Promise<void> {
    const { topic, login, proxy } = this.options;
    const producer = new SequenceProducer({ name, topic, login, clock, ledger: this.ledger });
    while (!leaves.aborted) {
      await producer.produceAt(`${proxy.host}:${proxy.port}`, site, leaves).catch(() => undefined);
      await clock.sleep(AGAIN_MS, leaves);
    }
  }
}
