/** A record that counts, as it lies in a broker's own files. */
export interface LaidDown {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  /** The load writes the id of a record as its value. */
  readonly id: string;
  readonly headers: readonly string[];
}

const FILE = /^Dumping .*\/(?<topic>[^/]+)-(?<partition>\d+)\/\d+\.log$/;
const BATCH = /^baseOffset: .* producerId: (?<producer>-?\d+) .* isTransactional: (?<isTransactional>true|false) /;
const MARKER = /^\| offset: .* endTxnMarker: (?<end>COMMIT|ABORT)/;
const RECORD =
  /^\| offset: (?<offset>\d+) (?:CreateTime|LogAppendTime): (?<timestamp>-?\d+) .*headerKeys: \[(?<headers>[^\]]*)\](?: key: (?<key>.*?))? payload: (?<id>.*)$/;

/**
 * Reads what Kafka's DumpLogSegments prints of segments, each partition's in the order of its offsets. Records of a
 * transaction count once its marker says so; nothing of the product is in it.
 */
export function committedRecords(dump: string): readonly LaidDown[] {
  const found: LaidDown[] = [];
  /** By partition and producer: what is not decided yet. */
  const open = new Map<string, LaidDown[]>();
  let [topic, partition, producer, isTransactional] = ['', 0, '', false];
  for (const line of dump.split('\n')) {
    const isEntry = line.startsWith('|');
    const file = isEntry ? undefined : FILE.exec(line)?.groups;
    const batch = isEntry ? undefined : BATCH.exec(line)?.groups;
    const record = isEntry ? RECORD.exec(line)?.groups : undefined;
    const marker = isEntry && !record ? MARKER.exec(line)?.groups : undefined;
    if (file) [topic, partition] = [file['topic'] ?? '', Number(file['partition'])];
    else if (batch) [producer, isTransactional] = [batch['producer'] ?? '', batch['isTransactional'] === 'true'];
    else if (marker) {
      const name = `${topic}-${partition}/${producer}`;
      if (marker['end'] === 'COMMIT') found.push(...(open.get(name) ?? []));
      open.delete(name);
    } else if (record) {
      const laid = laidDown(record, topic, partition);
      if (!isTransactional) found.push(laid);
      else {
        const name = `${topic}-${partition}/${producer}`;
        const undecided = open.get(name) ?? [];
        open.set(name, undecided);
        undecided.push(laid);
      }
    }
  }
  return found;
}

const laidDown = (groups: Readonly<Record<string, string>>, topic: string, partition: number): LaidDown => ({
  topic,
  partition,
  offset: Number(groups['offset']),
  timestamp: Number(groups['timestamp']),
  key: groups['key'] ?? '',
  id: groups['id'] ?? '',
  headers: (groups['headers'] ?? '').split(',').filter((name) => name !== ''),
});
