import { answer, type Handler, type Received, type Receiver } from "./receiver.ts";

/** One address at a receiver, which nobody else uses. */
export interface Inbox {
  url: string;
  path: string;
  /** What arrived here so far, oldest first. */
  requests(): Received[];
  /** Says how it answers from now on. */
  answers(handler: Handler): void;
  /**
   * Waits until that many requests have arrived here.
   * @throws Error once nothing has arrived at the receiver for NEVER_MS
   */
  arrived(count: number): Promise<Received[]>;
  /** The first request, waited for. */
  first(): Promise<Received>;
}

let opened = 0;

/** Opens an inbox that answers as told, 200 unless told. */
export function openInbox(receiver: Receiver, handler: Handler = answer(200)): Inbox {
  const path = `/inbox/${++opened}`;
  const requests = () => receiver.requests.filter((request) => request.path === path);
  receiver.on(path, handler);
  const inbox: Inbox = {
    url: receiver.url + path,
    path,
    requests,
    answers: (next) => receiver.on(path, next),
    async arrived(count) {
      await receiver.waitFor(() => requests().length >= count);
      return requests();
    },
    async first() {
      const [first] = await inbox.arrived(1);
      if (!first) throw new Error("Nothing arrived");
      return first;
    },
  };
  return inbox;
}
