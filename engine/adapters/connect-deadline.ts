/** How long a server may take to let us in. It stands still while somebody else is asked for the password. */
export interface ConnectDeadline {
  /** Runs the question without its time being counted. */
  readonly without: <T>(ask: () => T | Promise<T>) => Promise<T>;
  readonly end: () => void;
}

/**
 * A client's own limit would count the password's keeper in, which may be asked again and again where AWS throttles.
 *
 * @param ms milliseconds
 * @param expire runs once, when they are over
 */
export function connectDeadline(ms: number, expire: () => void): ConnectDeadline {
  let timer = setTimeout(expire, ms);
  return {
    without: async (ask) => {
      clearTimeout(timer);
      const answer = await ask();
      timer = setTimeout(expire, ms);
      return answer;
    },
    end: () => {
      clearTimeout(timer);
    },
  };
}
