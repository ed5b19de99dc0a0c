// The server's stream of events, read by fetch: EventSource can send no token.

export interface IServerEvent {
  /** Send the last one as Last-Event-ID to be told of everything since. */
  id: string;
  type: string;
  data: unknown;
}

/** The events in a stream, as they come. What is no JSON is left out. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>
): AsyncGenerator<IServerEvent, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event) {
          yield event;
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): IServerEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart());
    }
  }
  const data = fields.get('data');
  if (data === undefined) {
    return null;
  }
  try {
    return {
      id: fields.get('id') ?? '',
      type: fields.get('event') ?? 'message',
      data: JSON.parse(data) as unknown
    };
  } catch {
    return null;
  }
}
