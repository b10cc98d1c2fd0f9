import type { ControlledPart, ControlWish } from '#contracts';

/**
 * Whoever supervises the parts of this box: the launcher, systemd or Docker. It shows and touches the box's own parts alone.
 * All calls reject with `part_away` when the supervisor does not answer, and with `not_found` for a part that is not there.
 */
export interface ServiceControl {
  list(): Promise<ControlledPart[]>;
  /** Ends the part and starts it again at once, also one that was given up or held. Resolves when it was asked, not when the part is ready. */
  restart(name: string, wish: ControlWish): Promise<void>;
  /** Ends the part and leaves it so until `restart`. Errors: `conflict` for one without which the box is of no use. */
  hold(name: string, wish: ControlWish): Promise<void>;
}
