LOGIN = "/api/v1/auth/login"
LOGINS = ["/login", "/login/", "/api/v1/login", LOGIN, f"{LOGIN}/"]
REGISTERS = ["/register", "/api/v1/register/", "/api/v1/auth/register"]


def statuses(responses):
    return [response.status_code for response in responses]
