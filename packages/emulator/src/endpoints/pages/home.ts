import { DOCUMENTATION, escapeHtml, orgHeader, page } from '../../html/page.js'
import type { Exchange } from '../../http/exchange.js'

/** `GET /`: describes the org. Tests can also create passkeys on this page. */
export function home({ ctx, org }: Exchange): void {
  page(
    ctx,
    'Emulated Okta org',
    `${orgHeader(ctx.host)}
<h1>Emulated Okta org</h1>
<p>This is not Okta. It emulates an org, to test programs that use Okta. The URL of the org is <code>${escapeHtml(org.url.origin)}</code>.</p>
<ul>
<li><a href="/_emulator">Control panel</a>: faults, clock, apps and the request log. Only on this machine.</li>
<li><a href="/.well-known/openid-configuration">Metadata</a> of the org authorization server.</li>
</ul>
<p class="muted">For all endpoints and options, see the <a href="${DOCUMENTATION}">documentation</a>.</p>`,
  )
}
