// The basic setup of the README of passport-okta-oauth, in an app that shows the user.
import express from 'express'
import session from 'express-session'
import passport from 'passport'
import { Strategy as OktaStrategy } from 'passport-okta-oauth'

const { ORG_URL, CLIENT_ID, CLIENT_SECRET, APP_URL, PORT } = process.env

passport.use(
  new OktaStrategy(
    {
      audience: ORG_URL,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      scope: ['openid', 'email', 'profile'],
      response_type: 'code',
      callbackURL: `${APP_URL}/callback`,
    },
    (_accessToken, _refreshToken, profile, done) => done(null, profile),
  ),
)
passport.serializeUser((user, done) => done(null, user))
passport.deserializeUser((user, done) => done(null, user))

const app = express()
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false }))
app.use(passport.authenticate('session'))
app.get('/', (req, res) => res.send(req.user ? `Signed in: ${req.user.id} ${req.user.displayName}` : 'Signed out'))
app.get('/login', passport.authenticate('okta'))
app.get('/callback', passport.authenticate('okta', { failureRedirect: '/failure' }), (_req, res) => {
  res.redirect('/')
})
app.get('/failure', (_req, res) => res.status(401).send('Rejected'))
app.listen(PORT, '127.0.0.1')
