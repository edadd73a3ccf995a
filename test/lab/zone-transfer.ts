import { createConnection } from 'node:net';
import packet, { type Answer } from 'dns-packet';
import { LabError } from './lab-error.js';

const TRANSFER_TIMEOUT_MS = 2_000;
const LENGTH_BYTES = 2;

/** Every record of a zone as the server has it, without the SOA, whose serial changes even when nothing else does. */
export async function transferZone(address: string, port: number, zone: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  const socket = createConnection({ host: address, port, signal: AbortSignal.timeout(TRANSFER_TIMEOUT_MS) });
  socket.write(packet.streamEncode({ type: 'query', id: 1, questions: [{ type: 'AXFR', name: zone }] }));
  let pending = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    pending = Buffer.concat([pending, chunk]);
    while (isWhole(pending)) {
      const size = LENGTH_BYTES + pending.readUInt16BE(0);
      const message = packet.streamDecode(pending.subarray(0, size));
      pending = pending.subarray(size);
      answers.push(...(message.answers ?? []));
      if (isComplete(answers)) return answers.filter((answer) => answer.type !== 'SOA');
    }
  }
  throw new LabError(`the transfer of ${zone} from ${address}:${port} ended early`);
}

const isWhole = (bytes: Buffer) => bytes.length >= LENGTH_BYTES && bytes.length >= LENGTH_BYTES + bytes.readUInt16BE(0);

/** A transfer begins and ends with the SOA record. */
const isComplete = (answers: readonly Answer[]) => answers.filter((answer) => answer.type === 'SOA').length === 2;
