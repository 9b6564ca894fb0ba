interface Window {
  /** What the page says before the stub. */
  readonly PellucidStub?: {
    readonly server: string;
    readonly site: string | number;
    readonly gpc?: boolean;
    readonly dnt?: boolean;
    readonly consent?: boolean;
    readonly script?: string;
  };
}

interface Window {
  /** What a page can ask of the banner. */
  PellucidConsent?: { open(): void; isGiven(): boolean };
}
