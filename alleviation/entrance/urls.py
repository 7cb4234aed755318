"""The addresses of one's own account, and of what lies between a password and a session."""

from django.urls import path

from alleviation.entrance import account, issuer, others, password, second_factor, token_pages
from alleviation.entrance.gate import comes_first
from alleviation.entrance.sign_in import SecondStep

app_name = "entrance"
urlpatterns = [
    path("sign-in/second-step/", SecondStep.as_view(), name="second-step"),
    path("sign-in/issuer/", issuer.go, name="issuer"),
    path("sign-in/issuer/back/", issuer.back, name="issuer-back"),
    path("account/", account.index, name="account"),
    path("account/password/", comes_first(password.change), name="password"),
    path("account/second-factor/", comes_first(second_factor.set_up), name="second-factor"),
    path("account/second-factor/picture.svg", comes_first(second_factor.picture), name="picture"),
    path("account/second-factor/passkey/", comes_first(second_factor.add_passkey), name="passkey"),
    path("account/second-factor/codes/", second_factor.new_codes, name="codes"),
    path("account/second-factor/<int:pk>/remove/", second_factor.remove, name="remove-factor"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end-session"),
    path("account/sessions/end-others/", account.end_others, name="end-others"),
    path("account/tokens/", token_pages.index, name="tokens"),
    path("account/tokens/new/", token_pages.new, name="new-token"),
    path("account/tokens/<int:pk>/revoke/", token_pages.revoke, name="revoke-token"),
    path("account/people/<int:pk>/", others.person, name="person"),
    path("account/people/<int:pk>/end-sessions/", others.end_sessions, name="end-sessions-of"),
    path("account/people/<int:pk>/tokens/<int:token>/revoke/", token_pages.revoke_of, name="revoke-token-of"),
]
