/**
 * Port: settings that topics have of their own, not what they inherit from their broker. Absolute, so every call can be
 * repeated. In effect some 120 ms after the answer, on open connections too.
 *
 * @throws UnavailableError, KafkaAuthenticationError, KafkaRefusedError (a topic that is not there); set:
 *   OutcomeUnknownError. Where one topic is refused, others of the same call may have been changed.
 */
export abstract class TopicConfigs {
  /** By topic, of those that have one. */
  abstract own(setting: string, topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** By topic; `undefined`: it has none of its own any more. Every other setting stays as it is. */
  abstract set(setting: string, values: ReadonlyMap<string, string | undefined>): Promise<void>;
}
