import { CopyLine } from "../../parts/code.tsx";

/** The secret of a workspace's notifications, just made. */
export function NotifySecret({ secret, next }: { secret: string; next: string }) {
  return (
    <div class="card" data-replace-url={next}>
      <div class="card-head">
        <h2>The secret of the notifications, shown this once</h2>
      </div>
      <div class="card-body stack">
        <p>
          What is sent to the notification URL is signed with it, by Standard Webhooks. Copy it now, and give it to
          whoever verifies what arrives there.
        </p>
        <CopyLine text={secret} label="notification secret" />
      </div>
      <div class="card-foot">
        <a class="button primary" href={next}>
          I have kept it
        </a>
      </div>
    </div>
  );
}
