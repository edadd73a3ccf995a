import { decode, NameReportWire } from '#libs/contracts';
import type { GroupId, NameReport, SiteId } from '#libs/domain';
import { keys, type Entry, type Journal } from '#libs/journal';
import { withNews } from './name-news.js';

/** What this site says of names, in the journal: written when something is different, never for the time alone. */
export class NameReports {
  /** What is in the journal by our own hand: it is not asked while nothing is different. */
  private readonly written = new Map<string, NameReport>();

  constructor(
    private readonly journal: Journal,
    private readonly site: SiteId,
  ) {}

  /** What an earlier incarnation wrote. @throws UnavailableError */
  async last(group: GroupId, name: string): Promise<NameReport | undefined> {
    return (await this.#held(group, name)).report;
  }

  /**
   * Puts it beside what the leader has not been told yet; the leader takes that away in between.
   * @throws UnavailableError, OutcomeUnknownError: then the next look writes it
   */
  async write(report: NameReport): Promise<void> {
    const key = keys.nameReport(report.group, report.name, this.site);
    const known = this.written.get(key);
    if (known && isSame(known, report)) return;
    const { entry, report: before } = await this.#held(report.group, report.name);
    const { committed } = await this.journal.commit({
      conditions: [entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key }],
      changes: [{ kind: 'put', key, value: JSON.stringify(withNews(before, report)) }],
    });
    if (committed) this.written.set(key, report);
  }

  async #held(group: GroupId, name: string): Promise<{ readonly entry?: Entry; readonly report?: NameReport }> {
    const key = keys.nameReport(group, name, this.site);
    const entry = (await this.journal.read(key)).entries.find((each) => each.key === key);
    if (!entry) return {};
    const decoded = decode(NameReportWire, entry.value, key);
    return { entry, ...(decoded.ok && { report: decoded.value as NameReport }) };
  }
}

/** Not what passes by itself: the moment, what is left of a TTL, the serial of a zone that others change, too. */
const isSame = (one: NameReport, other: NameReport): boolean =>
  JSON.stringify(lasting(one)) === JSON.stringify(lasting(other));

const lasting = ({
  state,
  until,
  target,
  epoch,
  problem,
  ttlSeconds,
  servers,
  resolvers,
  owners,
  drift,
}: NameReport) => [
  state,
  until,
  target,
  epoch,
  problem,
  ttlSeconds,
  servers.map(({ address, gives }) => [address, gives]),
  resolvers.map(({ address, gives, ignoresTtl = false }) => [address, gives, ignoresTtl]),
  owners,
  drift && [drift.expected, drift.found, drift.hints],
];
