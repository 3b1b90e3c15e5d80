// The usage of the README of passport-openidconnect, in an app that shows the user.
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import OpenIDConnectStrategy from 'passport-openidconnect'

const { ORG_URL, CLIENT_ID, CLIENT_SECRET, APP_URL, PORT } = process.env

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ORG_URL,
      authorizationURL: `${ORG_URL}/oauth2/v1/authorize`,
      tokenURL: `${ORG_URL}/oauth2/v1/token`,
      userInfoURL: `${ORG_URL}/oauth2/v1/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `${APP_URL}/callback`,
      scope: ['profile', 'email'],
    },
    function verify(_issuer, profile, cb) {
      return cb(null, profile)
    },
  ),
)
passport.serializeUser((user, cb) => cb(null, user))
passport.deserializeUser((user, cb) => cb(null, user))

const app = express()
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }))
app.use(passport.authenticate('session'))
app.get('/', (req, res) => res.send(req.user ? `Signed in: ${req.user.id} ${req.user.displayName}` : 'Signed out'))
app.get('/login', passport.authenticate('openidconnect'))
app.get('/callback', passport.authenticate('openidconnect', { failureRedirect: '/failure' }), (_req, res) => {
  res.redirect('/')
})
app.get('/failure', (_req, res) => res.status(401).send('Rejected'))
app.listen(PORT, '127.0.0.1')
