/** Takes what OpenTelemetry exporters send over HTTP. Knows nothing of the server it is mounted in. */
export interface TelemetryReceiver {
  /**
   * Answers one export. A success means that what it held is on disk. What cannot be used is said in the answer; being overloaded is an
   * answer too (429, 503 with Retry-After). Never throws for what was sent.
   */
  receive(request: TelemetryRequest): Promise<TelemetryAnswer>;
}

export type TelemetryRequest = Readonly<{
  /** `traces` of `/v1/traces`; signals that are not kept are answered as the protocol wants it. */
  signal: string;
  contentType: string | null;
  contentEncoding: string | null;
  body: AsyncIterable<Uint8Array>;
}>;

export type TelemetryAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array<ArrayBuffer>;
}>;
