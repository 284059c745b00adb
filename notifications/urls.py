from django.urls import path

from notifications import views

urlpatterns = [
    path("bounces/", views.take_bounces, name="notifications_bounces"),
    path("off/<str:token>/", views.turn_mail_off, name="notifications_off"),
]
