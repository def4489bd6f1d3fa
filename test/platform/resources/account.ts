import type {Account} from '@heroku-cli/schema'
import type {Variant} from '../api/accept.js'
import {notFound} from '../api/errors.js'
import {route} from '../api/route.js'
import type {Platform} from '../platform.js'

export const accountRoutes = [
  route('GET', '/account', ({platform, variant}) => ({body: presentAccount(platform, variant)})),
  route('GET', '/users/:user', ({platform, params, variant}) => {
    const {email, id} = platform.state.account
    if (!['~', email, id].includes(params.user ?? '')) throw notFound('user')
    return {body: presentAccount(platform, variant)}
  }),
  // Does not count (platform-facts §9.2).
  route('GET', '/account/rate-limits', ({platform}) => ({body: {remaining: platform.rateLimit.remaining}}), {
    free: true,
  }),
  route('GET', '/teams', () => ({list: []})),
  // The token is nobody's that the dashboard knows: it does not expire.
  route('GET', '/oauth/authorizations', () => ({list: []})),
]

function presentAccount({state: {account}}: Platform, variant: Variant): Account {
  return {
    allow_tracking: false,
    beta: false,
    created_at: account.createdAt,
    email: account.email,
    federated: false,
    id: account.id,
    identity_provider: null,
    last_login: account.createdAt,
    name: null,
    sms_number: null,
    suspended_at: null,
    delinquent_at: null,
    two_factor_authentication: true,
    updated_at: account.createdAt,
    verified: true,
    default_organization: null,
    default_team: null,
    ...(variant === '3.sdk'
      ? {country_of_residence: null}
      : {
          acknowledged_msa: false,
          acknowledged_msa_at: null,
          italian_customer_terms: null,
          italian_partner_terms: null,
        }),
  }
}
