"""The application starts and the sign-in page opens."""

from tests.house import House


def test_the_first_page_leads_to_sign_in(client: House) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.headers["Location"].endswith("/sign-in")
